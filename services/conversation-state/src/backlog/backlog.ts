import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@baton/runtime/logger.ts';
import type pg from 'pg';

const pollMs = 1000;
/** Batches of one piece of work before the next one has its turn. */
const inTurn = 20;
/** So long the caller who began it waits for the last batch; what is left goes on without them. */
const callerWaitsMs = 2000;

interface InWorkspace {
  workspaceId: string;
}

/** Work in batches, each piece a row that knows how far it has come. */
export interface LongWork<Row extends InWorkspace = InWorkspace> {
  name: string;
  /** For the system role: the rows that are not finished; $1 is now. */
  unfinished: string;
  /** One batch. False when there is nothing to do now. */
  goOn(row: Row): Promise<boolean>;
}

/** Goes on with what was begun, whoever began it: nothing is forgotten with a process. */
export class Backlog implements AsyncDisposable {
  readonly #works: LongWork[];
  readonly #systemPool: pg.Pool;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(o: { works: LongWork<never>[]; systemPool: pg.Pool; logger: Logger }) {
    // Each is only ever given rows of its own query.
    this.#works = o.works as LongWork[];
    this.#systemPool = o.systemPool;
    this.#logger = o.logger;
  }

  start(): void {
    this.#running = this.#loop();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await delay(pollMs, undefined, { signal }).catch(() => undefined);
      for (const work of this.#works) if (!signal.aborted) await this.#lookFor(work);
    }
  }

  async #lookFor(work: LongWork): Promise<void> {
    try {
      const { rows } = await this.#systemPool.query<InWorkspace>({
        name: `unfinished_${work.name}`,
        text: work.unfinished,
        values: [new Date()],
      });
      for (const row of rows) await this.#goOn(work, row);
    } catch (error) {
      if (!this.#stop.signal.aborted)
        this.#logger.warn({ err: error, work: work.name }, 'unfinished work could not be looked for; trying again');
    }
  }

  async #goOn(work: LongWork, row: InWorkspace): Promise<void> {
    try {
      for (let i = 0; i < inTurn && !this.#stop.signal.aborted; i++) if (!(await work.goOn(row))) return;
    } catch (error) {
      this.#logger.warn({ err: error, work: work.name, workspace_id: row.workspaceId }, 'work could not go on; trying again');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

/** The caller's own part: batch after batch until it is over or they have waited long enough. Another instance may be at it, too. */
export async function workForCaller(o: { isRunning(): Promise<boolean>; goOn(): Promise<boolean> }): Promise<void> {
  const until = Date.now() + callerWaitsMs;
  while (Date.now() < until && (await o.isRunning())) if (!(await o.goOn())) await delay(20);
}
