import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import { NoStreamError } from '@baton/bus/pipeline.ts';
import { publish } from '@baton/bus/publish.ts';
import { maxBatch as atOnce, minBatch, publishBatch } from '@baton/bus/publish-batch.ts';
import { outboxWakeSubject, outboxWakeSubjects, partitionCount } from '@baton/contracts/subjects.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { JetStreamApiError } from '@nats-io/jetstream';
import type pg from 'pg';
import type { Events } from '../events.ts';
import type { CommittedEvent } from '../store/store.ts';
import { Continuity } from './continuity.ts';
import type { Era, EventsStream } from './events-stream.ts';
import { OutboxTable } from './outbox-table.ts';
import { publicationOf } from './publication.ts';

/** Commits elsewhere wake us through core NATS, which may lose a message; this look, once a second, is the net below. */
const fallbackMs = 1000;
const maxBatch = 500;

/**
 * Publishes committed events of the partitions that this process holds, each conversation's in order, any number of conversations at once.
 * What was committed here comes straight from memory; whatever cannot be shown to follow what was published before is read from the outbox.
 * It may crash anywhere: what was published but not marked goes out again under the same id, which JetStream drops.
 */
export class OutboxRelay implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #table: OutboxTable;
  readonly #logger: Logger;
  readonly #events: Events;
  readonly #held: () => number[];
  readonly #stream: Pick<EventsStream, 'unsettled' | 'missing' | 'era'>;
  readonly #continuity = new Continuity();
  readonly #stop = new AbortController();
  #fresh: CommittedEvent[] = [];
  #look = true;
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  constructor(o: {
    bus: Bus;
    pool: pg.Pool;
    logger: Logger;
    events: Events;
    held(): number[];
    stream: Pick<EventsStream, 'unsettled' | 'missing' | 'era'>;
  }) {
    this.#bus = o.bus;
    this.#table = new OutboxTable(o.pool, () => o.stream.missing());
    this.#logger = o.logger;
    this.#events = o.events;
    this.#held = o.held;
    this.#stream = o.stream;
  }

  start(): void {
    this.#bus.nc.subscribe(outboxWakeSubjects, {
      callback: (_error, message) => {
        if (this.#held().includes(Number(message.subject.slice(-2)))) this.#lookAgain();
      },
    });
    this.#running = this.#loop();
  }

  /** Called after a commit; events of partitions held elsewhere are announced to their holder. */
  committed(events: CommittedEvent[]): void {
    const held = new Set(this.#held());
    const mine = events.filter((event) => held.has(event.partition));
    for (const partition of new Set(events.map((event) => event.partition))) if (!held.has(partition)) this.announced(partition);
    if (mine.length === 0) return;
    // Beyond this the outbox remembers for us.
    if (this.#fresh.length > 20 * maxBatch) this.#look = true;
    else this.#fresh.push(...mine);
    this.#wake.resolve();
  }

  announced(partition: number): void {
    if (this.#held().includes(partition)) this.#lookAgain();
    else if (!this.#bus.nc.isClosed()) this.#bus.nc.publish(outboxWakeSubject(partition % partitionCount));
  }

  /** Others have published, or will: what was last published is no longer known here. */
  partitionsChanged(): void {
    this.#continuity.forget();
    this.#fresh = [];
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.#look = true;
    this.#wake.resolve();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    let looked = 0;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted) {
      try {
        // Only where there is something to wait for: every race would leave its mark on the promise that lasts as long as the service.
        for (let wait = this.#stream.unsettled(); wait && !signal.aborted; wait = this.#stream.unsettled())
          await Promise.race([wait, stopped]);
        if (signal.aborted) return;
        const { era } = this.#stream;
        if (!era) continue;
        this.#wake = Promise.withResolvers<void>();
        const fresh = this.#fresh.splice(0, maxBatch);
        if (fresh.length > 0) await this.#publishFresh(fresh, era);
        if (this.#look || Date.now() - looked >= fallbackMs) {
          this.#look = false;
          looked = Date.now();
          if (await this.#publishStored(era)) this.#look = true;
        }
        if (this.#fresh.length > 0 || this.#look) continue;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof NoStreamError) this.#stream.missing();
        this.#logger.warn({ err: error }, 'publishing the outbox failed; trying again');
        this.#look = true;
        await delay(250, undefined, { signal }).catch(() => undefined);
      }
      await this.#pause();
    }
  }

  /** Until something is to be done, or it is time to look. */
  async #pause(): Promise<void> {
    const tick = setTimeout(this.#wake.resolve, fallbackMs);
    await this.#wake.promise;
    clearTimeout(tick);
  }

  /** From memory, where each follows what was published last; the rest is left to the outbox. */
  async #publishFresh(events: CommittedEvent[], era: Era): Promise<void> {
    const chains: CommittedEvent[][] = [];
    for (const chain of Map.groupBy(events, (event) => event.conversation_id).values()) {
      if (this.#continuity.follows(chain)) chains.push(chain);
      else this.#look = true;
    }
    await this.#publish(chains, era);
  }

  /** Returns whether there may be more. */
  async #publishStored(era: Era): Promise<boolean> {
    const held = this.#held();
    if (held.length === 0) return false;
    const rows = await this.#table.next(held, maxBatch);
    await this.#publish([...Map.groupBy(rows, (row) => row.conversation_id).values()], era);
    return rows.length === maxBatch;
  }

  async #publish(chains: CommittedEvent[][], era: Era): Promise<void> {
    const published: CommittedEvent[] = [];
    const failures: unknown[] = [];
    if (chains.length > 0) killPoint('outbox.before_publish');
    const { batches, singly } = this.#bus.storesBatches() ? intoBatches(chains) : { batches: [], singly: [...chains] };
    for (const batch of batches) {
      try {
        await this.#within(era, () => publishBatch(this.#bus, batch.flat().map(publicationOf)));
        for (const event of batch.flat()) this.#published(event, published);
      } catch (error) {
        // Refused, as a rule because some of it is stored already: by itself each is told apart.
        if (error instanceof JetStreamApiError) singly.push(...batch);
        else failures.push(this.#failed(batch, error));
      }
    }
    const results = await Promise.allSettled(singly.map((chain) => this.#publishChain(chain, { published, era })));
    for (const result of results) if (result.status === 'rejected') failures.push(result.reason);
    if (published.length > 0) {
      killPoint('outbox.after_publish');
      this.#table.published(published, era);
      this.#events.eventsPublished({ count: published.length, oldest: published[0]!.created_at });
    }
    if (failures.length > 0) throw failures[0];
  }

  async #publishChain(chain: CommittedEvent[], { published, era }: { published: CommittedEvent[]; era: Era }): Promise<void> {
    for (const event of chain) {
      try {
        await this.#within(era, () => publish(this.#bus, publicationOf(event)));
      } catch (error) {
        throw this.#failed([chain], error);
      }
      this.#published(event, published);
    }
  }

  /**
   * Reading the outbox or an earlier batch may have taken long enough for NATS to lose its store and be filled again: then older events stand in the outbox
   * that have to go first. And what was stored in a stream that is no more proves nothing about the next one.
   */
  async #within(era: Era, publishing: () => Promise<unknown>): Promise<void> {
    this.#sameStreamAs(era);
    await publishing();
    this.#sameStreamAs(era);
  }

  #sameStreamAs(era: Era): void {
    if (this.#stream.era !== era) throw new Error('the connection was lost since; what is to be published is looked up again');
  }

  #published(event: CommittedEvent, published: CommittedEvent[]): void {
    this.#continuity.published(event);
    published.push(event);
  }

  /** It may be stored or not: from here on the outbox leads. */
  #failed(chains: CommittedEvent[][], error: unknown): unknown {
    for (const chain of chains) this.#continuity.broken(chain[0]!.conversation_id);
    return error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wake.resolve();
    await this.#running;
    await this.#table.flush().catch(() => undefined);
  }
}

/** Chains for EVENTS, some hundred events at a time; entries of the directory have another stream, and a few events gain nothing. */
function intoBatches(chains: CommittedEvent[][]): { batches: CommittedEvent[][][]; singly: CommittedEvent[][] } {
  const [directory, events] = [true, false].map((kind) => chains.filter((chain) => chain[0]?.event_type.startsWith('directory.') === kind));
  const batches: CommittedEvent[][][] = [];
  let size = atOnce;
  for (const chain of events!) {
    if (size >= atOnce) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(chain);
    size += chain.length;
  }
  // Only the last can be small.
  const few = size < minBatch ? batches.pop()! : [];
  return { batches, singly: [...directory!, ...few] };
}
