import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import { inboundConsumer, partitionCount, partitionToken, streams } from '@baton/contracts/subjects.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { JetStreamApiError } from '@nats-io/jetstream';
import type { Era } from '../outbox/events-stream.ts';
import { messageFrom } from './backlog-range.ts';

/** What has been taken stands in INBOUND for so long at most, and is read once more by whoever takes a partition over in that time. */
const everyMs = 2000;

/** The server's code for a consumer that is not there: its partition is changing hands. */
const noConsumer = 10014;

/**
 * Takes out of INBOUND what all partitions have been taken up to. A work queue would do it with every acknowledgement, and write and sync each removal by itself:
 * more than anything else that a message costs it. Only the holder of partition 0 does it; two would do no harm.
 */
export class InboundTidy implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #logger: Logger;
  readonly #leads: () => boolean;
  readonly #era: () => Era | undefined;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  /** `era`: another one after each moment in which the server may have lost its store; undefined in such a moment. */
  constructor(o: { bus: Bus; logger: Logger; leads(): boolean; era(): Era | undefined }) {
    this.#bus = o.bus;
    this.#logger = o.logger;
    this.#leads = o.leads;
    this.#era = o.era;
  }

  start(): void {
    this.#running = this.#loop();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
      const era = this.#era();
      if (signal.aborted || !era || !this.#leads()) continue;
      try {
        await tidyInbound(this.#bus, () => this.#era() === era);
      } catch (error) {
        if (!signal.aborted) this.#logger.warn({ err: error }, 'what has been taken could not be cleared out of INBOUND; trying again');
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    // Asking a server that is away lasts for seconds, and nothing depends on the answer.
    await Promise.race([this.#running, delay(500, undefined, { ref: false })]);
  }
}

/**
 * Removes what every partition has been taken up to, and nothing behind it. `same`: whether it is certainly the stream of before; in one made anew the same places are
 * those of other messages.
 */
export async function tidyInbound(bus: Bus, same: () => boolean): Promise<void> {
  const { state } = await bus.jsm.streams.info(streams.inbound);
  if (state.messages === 0) return;
  // The end of the stream is looked at first: what is stored later than that is left alone, whatever the partitions say.
  const ends = await Promise.all(Array.from({ length: partitionCount }, (_, partition) => takenUpTo(bus, partition)));
  const end = Math.min(state.last_seq, ...ends);
  if (end >= state.first_seq && same()) await bus.jsm.streams.purge(streams.inbound, { seq: end + 1 });
}

/**
 * The place in the stream up to which nothing of this partition waits; infinite when none of it is stored behind what has been acknowledged. That is asked of the stream
 * itself: a consumer's count of what is pending is no proof. 0 while nobody reads it.
 */
async function takenUpTo(bus: Bus, partition: number): Promise<number> {
  const acknowledged = await acknowledgedUpTo(bus, partition);
  if (acknowledged === undefined) return 0;
  const next = await messageFrom(bus, acknowledged + 1, `inbound.*.${partitionToken(partition)}.>`);
  return next ? next.seq - 1 : Number.POSITIVE_INFINITY;
}

async function acknowledgedUpTo(bus: Bus, partition: number): Promise<number | undefined> {
  try {
    const { ack_floor } = await bus.jsm.consumers.info(streams.inbound, inboundConsumer(partition));
    return ack_floor.stream_seq;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === noConsumer) return undefined;
    throw error;
  }
}
