import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { publicEventTypes } from '@baton/contracts/events.ts';
import { newId } from '@baton/contracts/ids.ts';
import { againHeader } from '@baton/contracts/subjects.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { beginAt, type Seen } from '../domain/webhook/begin.ts';
import { clockSkewMs, deliveryOf, readEvent, subscribersOf } from '../domain/webhook/plan.ts';
import { writeDeadLetter } from '../store/dead-letters.ts';
import {
  FanOutLost,
  holdFanOut,
  type NewDelivery,
  type NewEvent,
  releaseFanOut,
  saveFanOut,
  storeFanOut,
} from '../store/webhooks/fan-out.ts';
import type { WebhookDeps } from './deps.ts';
import { type Batch, readEvents, StreamRebuilt, storedEvents } from './event-feed.ts';
import type { KnownEndpoints } from './known-endpoints.ts';

export const webhookSubjects = publicEventTypes.map((type) => `${type}.>`);

/** Asked in its very last moment, a lease would still stand. */
const pastLeaseMs = 20;

/** What a batch of messages means for the endpoints of their workspaces. */
interface Planned {
  events: NewEvent[];
  deliveries: NewDelivery[];
  unreadable: JsMsg[];
}

/**
 * Turns events into deliveries. One instance does it for all, so that what is stored stands in the order of the stream, whichever workers send it later;
 * how far it has got is stored in the same transaction as what it found. Another takes over when its lease ends, and one that was only held up finds
 * that out before it stores anything.
 */
export class FanOut implements AsyncDisposable {
  readonly #deps: WebhookDeps;
  readonly #endpoints: KnownEndpoints;
  readonly #logger: Logger;
  readonly #takenOver: () => void;
  readonly #holder = randomUUID();
  readonly #stop = new AbortController();
  #reading: AbortController | undefined;
  #running: Promise<void> | undefined;
  /** Endpoints that this reading of EVENTS has known from its beginning, or from when they came to be. */
  #covered = new Set<string>();
  #woken = Promise.withResolvers<void>();

  /** `takenOver`: another instance read for all until now, and may have died with deliveries that it had told nobody of. */
  constructor(deps: WebhookDeps, endpoints: KnownEndpoints, o: { logger: Logger; takenOver: () => void }) {
    this.#deps = deps;
    this.#endpoints = endpoints;
    this.#logger = o.logger;
    this.#takenOver = o.takenOver;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** The endpoints have been read anew: one that is new may have missed events of this very moment, so reading goes back to when it came to be. */
  endpointsRead(): void {
    const fresh = this.#endpoints.enabled().some((endpoint) => !this.#covered.has(coverage(endpoint)));
    if (fresh || this.#endpoints.enabled().length === 0) this.#reading?.abort();
    this.#woken.resolve();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        // Nobody listens: nothing is read, and nothing asked of the database.
        if (this.#endpoints.enabled().length === 0) await this.#pause(undefined);
        else await this.#hold();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof FanOutLost)) this.#logger.warn({ err: error }, 'reading EVENTS for webhooks failed; trying again');
        await delay(250, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #pause(ms: number | undefined): Promise<void> {
    this.#woken = Promise.withResolvers<void>();
    const over = new AbortController();
    const stopped = new Promise<void>((resolve) =>
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal }),
    );
    const tick = ms === undefined ? [] : [delay(ms, undefined, { signal: over.signal }).catch(() => undefined)];
    if (!this.#stop.signal.aborted) await Promise.race([this.#woken.promise, stopped, ...tick]);
    over.abort();
  }

  /** Reads for all for as long as it goes well, or waits until the one that does should have shown a sign of life. */
  async #hold(): Promise<void> {
    const lease = { holder: this.#holder, leaseMs: this.#deps.settings.fanOutLeaseMs };
    const stands = await holdFanOut(this.#deps.pool, lease);
    if ('heldForMs' in stands) return this.#pause(stands.heldForMs + pastLeaseMs);
    if (stands.takenOver) this.#takenOver();
    const reading = new AbortController();
    this.#reading = reading;
    const signal = AbortSignal.any([this.#stop.signal, reading.signal]);
    const stream = await storedEvents(this.#deps.bus());
    const { from, position } = this.#begin(stands, stream);
    const seen: Seen = { streamCreated: stream.created, position, seenUntil: stands.seenUntil };
    const progress = { seen, caughtUp: false };
    const sign = this.#signsOfLife(lease, progress, reading);
    try {
      const asked = { filterSubjects: webhookSubjects, from, streamCreated: stream.created, signal };
      for await (const batch of readEvents(this.#deps.bus(), asked)) {
        progress.caughtUp = false;
        await this.#take(batch, seen);
        progress.caughtUp = batch.caughtUp;
        if (signal.aborted) break;
      }
    } catch (error) {
      // Ended on purpose: by a new endpoint, a rebuilt stream, the end of the service.
      if (!signal.aborted && !(error instanceof StreamRebuilt)) throw error;
    } finally {
      clearInterval(sign);
      this.#reading = undefined;
    }
  }

  #begin(seen: Seen, stream: { created: string; last: number }) {
    const enabled = this.#endpoints.enabled();
    const endpoints = enabled.map((one) => ({ activeFrom: one.active_from, covered: this.#covered.has(coverage(one)) }));
    this.#covered = new Set(enabled.map(coverage));
    return beginAt({ seen, stream, endpoints });
  }

  #signsOfLife(
    lease: { holder: string; leaseMs: number },
    progress: { seen: Seen; caughtUp: boolean },
    reading: AbortController,
  ): NodeJS.Timeout {
    return setInterval(() => {
      if (progress.caughtUp) progress.seen.seenUntil = new Date(Date.now() - clockSkewMs);
      saveFanOut(this.#deps.pool, { ...lease, seen: { ...progress.seen } }).catch((error: unknown) => {
        if (error instanceof FanOutLost) reading.abort();
      });
    }, lease.leaseMs / 3).unref();
  }

  async #take({ messages }: Batch, seen: Seen): Promise<void> {
    const last = messages.at(-1);
    if (!last) return;
    const planned = planBatch(messages, this.#endpoints);
    for (const message of planned.unreadable) await this.#giveUp(message);
    const next = { ...seen, position: Math.max(seen.position, last.seq), seenUntil: later(seen.seenUntil, last.time) };
    if (planned.deliveries.length > 0) {
      const lease = { holder: this.#holder, leaseMs: this.#deps.settings.fanOutLeaseMs };
      killPoint('webhook.before_commit');
      const stored = await storeFanOut(this.#deps.pool, { ...lease, seen: next, events: planned.events, deliveries: planned.deliveries });
      killPoint('webhook.after_commit');
      this.#deps.events.deliveriesMade([...stored.values()].reduce((sum, count) => sum + count, 0));
      if (stored.size > 0) this.#deps.deliveriesDue([...stored.keys()]);
    }
    Object.assign(seen, next);
  }

  /** What is no event can never be delivered: it is written down, and holds up nobody. */
  async #giveUp(message: JsMsg): Promise<void> {
    const [, , , workspaceId = 'unknown'] = message.subject.split('.');
    const deadLetterId = await writeDeadLetter(this.#deps.db, {
      workspaceId,
      deliveryKey: `webhooks:${message.seq}:${message.info.timestampNanos}`,
      subject: message.subject,
      payload: new TextDecoder().decode(message.data).replaceAll('\0', '\uFFFD'),
      error: 'the event cannot be read',
      attempts: 1,
      traceId: message.headers?.get('traceparent')?.split('-')[1] ?? null,
    });
    this.#deps.events.deadLetterWritten({
      deadLetterId,
      subject: message.subject,
      deliveries: 1,
      error: new Error('the event cannot be read'),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#running, delay(2000, undefined, { ref: false })]);
    await Promise.race([releaseFanOut(this.#deps.pool, this.#holder).catch(() => undefined), delay(1000, undefined, { ref: false })]);
  }
}

function coverage(endpoint: { endpoint_id: string; active_from: Date }): string {
  return `${endpoint.endpoint_id} ${endpoint.active_from.getTime()}`;
}

const later = (a: Date, b: Date) => (a > b ? a : b);

function planBatch(batch: JsMsg[], endpoints: Pick<KnownEndpoints, 'ofWorkspace'>): Planned {
  const planned: Planned = { events: [], deliveries: [], unreadable: [] };
  for (const message of batch) {
    // `<two-word type>.<partition>.<workspace>.<conversation>`
    const [, , , workspaceId = ''] = message.subject.split('.');
    const subscribers = endpoints.ofWorkspace(workspaceId);
    if (subscribers.length === 0) continue;
    const body = new TextDecoder().decode(message.data);
    const event = readEvent(body);
    if (!event || event.workspace_id !== workspaceId) {
      planned.unreadable.push(message);
      continue;
    }
    // Of a stream that is filled again the time of storing says nothing: it is no news to an endpoint that is younger.
    const at = message.headers?.has(againHeader) ? event.timestamp : message.time;
    const takers = subscribersOf(subscribers, event, new Date(at));
    if (takers.length === 0) continue;
    planned.events.push({ event_id: event.event_id, workspace_id: workspaceId, body });
    for (const endpoint of takers) planned.deliveries.push(deliveryOf(event, endpoint, newId('delivery')));
  }
  return planned;
}
