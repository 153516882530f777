import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@baton/runtime/logger.ts';
import type pg from 'pg';
import type { TimerRow } from '../domain/rows.ts';
import type { Events } from '../events.ts';
import type { Store } from '../store/store.ts';
import { fireDueTimer } from './fire.ts';

/** At most so late is a timer that another instance set, or that was set while this one slept. */
const pollMs = 250;
const atOnce = 4;
const longestWaitMs = 60_000;

/** Fires what is due. Every timer is a row, so it fires whoever is alive, after any restart. */
export class Clock implements AsyncDisposable {
  readonly #store: Store;
  readonly #systemPool: pg.Pool;
  readonly #logger: Logger;
  readonly #events: Events;
  readonly #stop = new AbortController();
  /** Timers that could not be fired, and when to try again: left in line, the oldest of them would hold up all others for ever. */
  readonly #failing = new Map<string, { waitMs: number; until: number }>();
  #running: Promise<void> | undefined;

  constructor(o: { store: Store; systemPool: pg.Pool; logger: Logger; events: Events }) {
    this.#store = o.store;
    this.#systemPool = o.systemPool;
    this.#logger = o.logger;
    this.#events = o.events;
  }

  start(): void {
    this.#running = this.#loop();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      let fired = 0;
      try {
        fired = await this.#fireSome();
      } catch (error) {
        if (!signal.aborted) this.#logger.warn({ err: error }, 'timers could not be fired; trying again');
      }
      if (fired === 0) await delay(pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #fireSome(): Promise<number> {
    const { rows } = await this.#systemPool.query<TimerRow>({
      name: 'due_timers',
      text: `select * from conversation.timer where due_at <= $1 and (kind || ':' || subject_id) <> all($2::text[]) order by due_at limit 64`,
      values: [this.#store.now(), this.#setAside()],
    });
    let fired = 0;
    // One after the other within a conversation, whose lock they would only wait for.
    const chains = [...Map.groupBy(rows, (row) => row.conversation_id).values()];
    const work = async () => {
      for (let chain = chains.shift(); chain; chain = chains.shift()) for (const timer of chain) if (await this.#fire(timer)) fired++;
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return fired;
  }

  async #fire(timer: TimerRow): Promise<boolean> {
    if (this.#stop.signal.aborted) return false;
    const key = `${timer.kind}:${timer.subject_id}`;
    try {
      const fired = await fireDueTimer(this.#store, timer);
      this.#failing.delete(key);
      if (fired) this.#events.timerFired(timer.kind);
      return fired;
    } catch (error) {
      const waitMs = Math.min((this.#failing.get(key)?.waitMs ?? 500) * 2, longestWaitMs);
      this.#failing.set(key, { waitMs, until: Date.now() + waitMs });
      this.#logger.warn(
        { err: error, kind: timer.kind, conversation_id: timer.conversation_id },
        'a timer could not be fired; trying again',
      );
      return false;
    }
  }

  /** The keys that are not to be tried yet. One whose time has come is kept a while, so that its next failure waits longer. */
  #setAside(): string[] {
    const now = Date.now();
    for (const [key, one] of this.#failing) if (one.until < now - 2 * longestWaitMs) this.#failing.delete(key);
    return [...this.#failing].filter(([, one]) => one.until > now).map(([key]) => key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
