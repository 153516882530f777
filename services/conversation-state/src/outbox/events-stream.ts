import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import { declareStreams, type StreamSettings } from '@baton/bus/streams.ts';
import { streams } from '@baton/contracts/subjects.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import type pg from 'pg';

/** Without a lost connection nobody notices at once that the stream was deleted and made anew. */
const lookEveryMs = 30_000;

/**
 * What a reader of the stream must have had, were it still the old one: numbered events, and erasures, which others have to carry out. What waits in the outbox
 * may have been published into the old one, and seen there, without anybody having marked it yet.
 */
const refill = `
insert into conversation.outbox (workspace_id, partition, position, again)
select workspace_id, partition, position, true from conversation.event
where (sequence > 0 or event_type = 'conversation.erased') and event_type <> 'directory.changed' and created_at > now() - make_interval(days => $1)
on conflict (partition, position) do update set again = true`;

/** As long as the stream keeps them. */
export const keptDays = 7;

/** A time in which nothing can have happened to the stream that was made at `created`. */
export interface Era {
  readonly created: string;
}

/**
 * Postgres has the facts, the stream a copy of them: a stream that was lost with its server is made anew and filled from Postgres. While the connection is
 * lost and until the stream has been looked at, nothing may be published: what comes later would stand before what is filled in again.
 */
export class EventsStream implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #pool: pg.Pool;
  readonly #logger: Logger;
  readonly #settings: StreamSettings;
  readonly #replaced: () => void;
  readonly #stop = new AbortController();
  #created: string | undefined;
  #looked = Promise.withResolvers<void>();
  #era: Era | undefined;
  #looking: Promise<void> | undefined;

  /** `replaced`: it is another stream than before, and what belongs into it stands in the outbox. */
  constructor(o: { bus: Bus; pool: pg.Pool; logger: Logger; settings: StreamSettings; replaced: () => void }) {
    this.#bus = o.bus;
    this.#pool = o.pool;
    this.#logger = o.logger;
    this.#settings = o.settings;
    this.#replaced = o.replaced;
  }

  start(): void {
    void this.#watch();
    this.#lookAgain();
    const timer = setInterval(() => this.#lookAgain(), lookEveryMs);
    this.#stop.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  /** A promise while it is not known whether the stream is the one that our events are in: nothing may be published before it resolves. */
  unsettled(): Promise<void> | undefined {
    return this.#era ? undefined : this.#looked.promise;
  }

  /** Undefined while that is not known. Another one after each such moment: what was read before it must not be published after it. */
  get era(): Era | undefined {
    return this.#era;
  }

  /** Somebody found no stream to publish to, or learnt that another instance has found another one. */
  missing(): void {
    this.#doubt();
    this.#lookAgain();
  }

  /** Looks now instead of in the next round: resolves once it is known which stream it is, and what a lost one held stands in the outbox. */
  async lookNow(): Promise<Era> {
    this.missing();
    for (let wait = this.unsettled(); wait; wait = this.unsettled()) await wait;
    return this.#era!;
  }

  async #watch(): Promise<void> {
    for await (const change of this.#bus.nc.status()) {
      if (change.type === 'disconnect') this.#doubt();
      if (change.type === 'reconnect') this.#lookAgain();
    }
  }

  /** From here on nobody publishes until it has been looked at. */
  #doubt(): void {
    this.#era = undefined;
    const before = this.#looked;
    const next = Promise.withResolvers<void>();
    this.#looked = next;
    // Those who wait already go on waiting, now for the next look.
    void next.promise.then(() => before.resolve());
  }

  #lookAgain(): void {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
  }

  async #look(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const looked = this.#looked;
      try {
        await declareStreams(this.#bus, this.#settings);
        const { created } = await this.#bus.jsm.streams.info(streams.events);
        if (created !== this.#created) {
          const count = await this.#adopt(created);
          if (count > 0) this.#logger.warn({ events: count }, 'EVENTS was lost; what it held is published again');
          this.#created = created;
          this.#replaced();
        }
        // Doubted again meanwhile, it has to be looked at again.
        if (looked !== this.#looked) continue;
        // The look that comes every so often and finds nothing new begins no era: what is being published goes on.
        if (this.#era?.created !== created) this.#era = { created };
        looked.resolve();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#logger.warn({ err: error }, 'EVENTS could not be looked at; trying again');
        await delay(250, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One instance fills the outbox, the others wait for it here. Answers how many events go out again. */
  async #adopt(created: string): Promise<number> {
    const client = await this.#pool.connect();
    try {
      await client.query('begin');
      await client.query('set local statement_timeout = 0');
      const { rows } = await client.query<{ created: string }>('select created from conversation.events_stream for update');
      const before = rows[0]?.created;
      let count = 0;
      if (before !== created) {
        await client.query('update conversation.events_stream set created = $1', [created]);
        // The very first stream of an installation has nothing before it.
        if (before !== '') count = (await client.query(refill, [keptDays])).rowCount ?? 0;
      }
      await client.query('commit');
      client.release();
      return count;
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looking;
  }
}
