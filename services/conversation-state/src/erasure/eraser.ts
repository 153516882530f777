import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import type pg from 'pg';
import type { Store } from '../store/store.ts';
import { eraseSome } from './run.ts';

const pollMs = 1000;
/** Batches of one erasure before the next one has its turn. */
const inTurn = 20;

/** Goes on with erasures that were begun, whoever began them: each is a row, so none is forgotten with a process. */
export class Eraser implements AsyncDisposable {
  readonly #store: Store;
  readonly #bus: Bus;
  readonly #systemPool: pg.Pool;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(o: { store: Store; bus: Bus; systemPool: pg.Pool; logger: Logger }) {
    this.#store = o.store;
    this.#bus = o.bus;
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
      if (signal.aborted) return;
      try {
        const { rows } = await this.#systemPool.query<{ workspace_id: string; contact_id: string }>({
          name: 'unfinished_erasures',
          text: `select workspace_id, contact_id from conversation.erasure
                 where state <> 'done' and (due_at is null or due_at <= $1) order by due_at nulls first limit 100`,
          values: [this.#store.now()],
        });
        for (const row of rows) await this.#goOn({ workspaceId: row.workspace_id, contactId: row.contact_id });
      } catch (error) {
        if (!signal.aborted) this.#logger.warn({ err: error }, 'erasures could not be looked for; trying again');
      }
    }
  }

  async #goOn(at: { workspaceId: string; contactId: string }): Promise<void> {
    try {
      for (let i = 0; i < inTurn && !this.#stop.signal.aborted; i++)
        if (!(await eraseSome({ store: this.#store, bus: this.#bus }, at))) return;
    } catch (error) {
      this.#logger.warn({ err: error, contact_id: at.contactId }, 'an erasure could not go on; trying again');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
