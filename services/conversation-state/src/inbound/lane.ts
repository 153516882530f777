import { setTimeout as delay } from 'node:timers/promises';
import { isId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { extractTrace } from '@baton/telemetry/carriers.ts';
import { inSpan, linksTo, SpanKind } from '@baton/telemetry/spans.ts';
import { trace } from '@opentelemetry/api';
import type { Events } from '../events.ts';
import { recordDeadLetter } from '../store/dead-letters.ts';
import type { Store } from '../store/store.ts';
import { decodeInbound } from '../wire/inbound.ts';
import { type Lease, leaseFence } from './leases.ts';
import { type Read, taken } from './reader.ts';
import { type InboundItem, receiveBatch } from './receive-batch.ts';

const maxBatch = 256;

/** With so many waiting, reading pauses: an outage of Postgres must fill the stream, not our memory. */
const maxWaiting = 1024;

/**
 * Works off what was read, one batch at a time: a batch is whatever arrived while the one before was being committed, so a lone message never waits.
 */
export class InboundLane implements AsyncDisposable {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #events: Events;
  readonly #holds: (lease: Lease) => boolean;
  readonly #stop = new AbortController();
  #queue: Read[] = [];
  #room: PromiseWithResolvers<void> | undefined;
  #running: Promise<void> | undefined;

  constructor(o: { store: Store; logger: Logger; events: Events; holds(lease: Lease): boolean }) {
    this.#store = o.store;
    this.#logger = o.logger;
    this.#events = o.events;
    this.#holds = o.holds;
  }

  /** A promise when there are enough: bring the next one when it has resolved. */
  add(read: Read): Promise<void> | undefined {
    this.#queue.push(read);
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
    if (this.#queue.length < maxWaiting || this.#stop.signal.aborted) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  async #drain(): Promise<void> {
    // Lets what arrived in the same read of the socket travel together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      const batch = this.#queue.splice(0, maxBatch);
      if (this.#queue.length <= maxWaiting - maxBatch) this.#makeRoom();
      await this.#take(batch);
    }
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  async #take(batch: Read[]): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // Only what belongs to a lost partition is let go of: what is still held would else come again late, behind newer messages of its thread.
      const held = batch.filter((read) => this.#holds(read.lease));
      if (held.length === 0) return;
      try {
        await this.#commit(held);
        return;
      } catch (error) {
        if (isOutage(error)) {
          this.#logger.warn({ err: error, messages: held.length }, 'a batch could not be stored yet; trying again');
        } else if (held.length > 1) {
          // One of them cannot be taken: alone, each shows whether it is the one. Order is kept.
          for (const read of held) await this.#take([read]);
          return;
        } else if (await this.#giveUp(held[0]!, error)) return;
      }
      await delay(500, undefined, { signal }).catch(() => undefined);
    }
  }

  async #commit(batch: Read[]): Promise<void> {
    const items: InboundItem[] = batch.map((read) => decodeInbound(read.message));
    const leases = [...new Map(batch.map((read) => [read.lease.partition, read.lease])).values()];
    const contexts = batch.map((read) => extractTrace(read.message.headers));
    const started = performance.now();
    const parent = contexts.length === 1 ? contexts[0] : undefined;
    const result = await inSpan('inbound batch', { kind: SpanKind.CONSUMER, links: linksTo(contexts), ...(parent && { parent }) }, () =>
      receiveBatch(this.#store, items, { fence: [leaseFence(leases)] }),
    );
    for (const read of batch) taken(read.message);
    this.#events.inboundStored({ ...result, seconds: (performance.now() - started) / 1000 });
  }

  /** False when the dead letter could not be recorded: the message is tried again then, it never leaves the stream unrecorded. */
  async #giveUp(read: Read, error: unknown): Promise<boolean> {
    const [, , , token = ''] = read.message.subject.split('.');
    const workspaceId = isId('workspace', token) ? token : 'unknown';
    try {
      await recordDeadLetter(this.#store, {
        workspaceId,
        deliveryKey: `${read.message.seq}:${read.message.info.timestampNanos}`,
        subject: read.message.subject,
        payload: read.message.string(),
        error: error instanceof Error ? error.message : String(error),
        attempts: read.message.info.deliveryCount,
        traceId: trace.getSpanContext(extractTrace(read.message.headers))?.traceId ?? '',
      });
    } catch (fault) {
      this.#logger.warn({ err: fault }, 'a dead letter could not be recorded yet; trying again');
      return false;
    }
    taken(read.message);
    this.#events.deadLetter({ workspaceId, reason: error instanceof BatonError ? error.code : 'unreadable' });
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#makeRoom();
    await this.#running;
  }
}

/**
 * Whether to wait and try the same batch again. Not for what the data itself is to blame for: data exceptions, integrity, row-level security.
 * A statement that the database does not know (an unknown column after a bad release) is an outage: it must not send customers' messages to the dead
 * letters. A rule that trips over one message is not: waiting would hold up its whole partition for ever, and a dead letter can be retried.
 */
function isOutage(error: unknown): boolean {
  if (error instanceof BatonError || error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError)
    return false;
  const code = (error as { code?: unknown }).code;
  return !(typeof code === 'string' && (/^(22|23|44)/.test(code) || code === '42501'));
}
