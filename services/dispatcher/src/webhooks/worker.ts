import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Batcher } from '@baton/rpc/batcher.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { Places } from '../domain/webhook/places.ts';
import { type Claimed, claimDue, dueOf, type Result, releaseClaim, storeResults, type Wanted } from '../store/webhooks/claims.ts';
import type { EndpointRow } from '../store/webhooks/endpoints.ts';
import { Agenda } from './agenda.ts';
import { attempt } from './attempt.ts';
import type { WebhookDeps } from './deps.ts';
import { noteOutcome } from './health.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import { signingKeys } from './secret.ts';

/** After failures in a row an endpoint is in doubt; see Places. */
const failuresBeforeDoubt = 3;
/** Bounds one timer, and how long a claim that went wrong waits. */
const longestPauseMs = 60_000;
const faultPauseMs = 500;

/**
 * Sends what is due. The backlog lives in Postgres: in memory is only what is being sent, at most one delivery of a conversation and so many of an endpoint.
 * It is woken by whoever makes deliveries and by the times it has written down itself; other instances' times it learns twice a minute.
 */
export class Worker implements AsyncDisposable {
  readonly #deps: WebhookDeps;
  readonly #endpoints: KnownEndpoints;
  readonly #logger: Logger;
  readonly #places: Places;
  readonly #agenda = new Agenda();
  readonly #attempt: { egress: WebhookDeps['egress']; keys: ReturnType<typeof signingKeys>; retryDelaysMs: readonly number[] };
  readonly #results: Batcher<Result, boolean>;
  readonly #stop = new AbortController();
  readonly #cutOff = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #looping: Promise<void> | undefined;
  #woken = Promise.withResolvers<void>();

  constructor(deps: WebhookDeps, endpoints: KnownEndpoints, logger: Logger) {
    const { settings } = deps;
    this.#deps = deps;
    this.#endpoints = endpoints;
    this.#logger = logger;
    this.#places = new Places({ total: settings.concurrency, perEndpoint: settings.concurrencyPerEndpoint, failuresBeforeDoubt });
    this.#attempt = { egress: deps.egress, keys: signingKeys(deps.box), retryDelaysMs: settings.retryDelaysMs };
    this.#results = new Batcher({ send: (results) => this.#store(results), maxBatch: 200, maxInFlight: 2, minBeside: 32 });
    deps.events.watchWebhooks(() => this.#places.taken);
  }

  start(): void {
    this.#looping = this.#loop();
  }

  /** Deliveries of these endpoints are due now. */
  due(endpointIds: Iterable<string>): void {
    const now = Date.now();
    for (const id of endpointIds) this.#agenda.due(id, now);
    this.#woken.resolve();
  }

  /** Asks the database what is due for every endpoint: at the start, and for what a dead instance left behind. */
  async look(): Promise<void> {
    const ids = this.#endpoints.enabled().map((endpoint) => endpoint.endpoint_id);
    if (ids.length === 0) return;
    const moment = this.#agenda.now();
    this.#learn(await dueOf(this.#deps.pool, ids), moment);
    this.#woken.resolve();
  }

  #learn(dueInMs: Map<string, number | undefined>, moment: number): void {
    const now = Date.now();
    for (const [id, inMs] of dueInMs) this.#agenda.learnt(id, inMs === undefined ? undefined : now + inMs, moment);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#woken = Promise.withResolvers<void>();
      const { due, nextInMs } = this.#agenda.at(Date.now());
      const wanted = this.#wanted(due);
      if (wanted.length === 0) {
        await this.#pause(nextInMs);
        continue;
      }
      try {
        await this.#claim(wanted);
      } catch (error) {
        this.#logger.warn({ err: error }, 'claiming deliveries failed; trying again');
        await delay(faultPauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #pause(nextInMs = longestPauseMs): Promise<void> {
    const over = new AbortController();
    const tick = delay(Math.min(nextInMs, longestPauseMs), undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.#woken.promise, tick]);
    over.abort();
  }

  #wanted(due: string[]): Wanted[] {
    const wanted: Wanted[] = [];
    let left = this.#deps.settings.concurrency - this.#places.taken;
    for (const id of due) {
      const endpoint = this.#endpoints.get(id);
      if (!endpoint?.enabled) {
        // Enabled again it is looked at anew.
        this.#agenda.forget(id);
        this.#places.forget(id);
        continue;
      }
      const places = Math.min(this.#places.free(id), left);
      if (places <= 0) continue;
      left -= places;
      const leaseMs = endpoint.timeout_ms + this.#deps.settings.leaseGraceMs;
      wanted.push({ endpointId: id, workspaceId: endpoint.workspace_id, places, leaseMs });
    }
    return wanted;
  }

  async #claim(wanted: Wanted[]): Promise<void> {
    const moment = this.#agenda.now();
    const leaseId = randomUUID();
    const { claimed, dueInMs } = await claimDue(this.#deps.pool, wanted, leaseId);
    this.#learn(dueInMs, moment);
    for (const claim of claimed) {
      this.#places.take(claim.endpoint_id);
      const running = this.#send(claim, leaseId).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #send(claim: Claimed, leaseId: string): Promise<void> {
    let failed: boolean | undefined;
    try {
      const endpoint = this.#endpoints.get(claim.endpoint_id);
      const sendable = endpoint?.enabled && !this.#stop.signal.aborted;
      const came = sendable && (await attempt(this.#attempt, { claim, endpoint, signal: this.#cutOff.signal }));
      if (!came || came === 'cut_off') {
        await releaseClaim(this.#deps.pool, claim, leaseId);
        // Turned on again meanwhile, it was looked at while the lease still stood.
        this.#agenda.due(claim.endpoint_id, Date.now());
        return;
      }
      failed = came.verdict.kind !== 'delivered';
      this.#deps.events.deliveryAttempted({
        deliveryId: claim.delivery_id,
        endpointId: claim.endpoint_id,
        attempt: claim.attempts + 1,
        result: came.verdict.kind,
        status: came.status ?? undefined,
        seconds: came.durationMs / 1000,
      });
      await this.#results.add(resultOf(claim, leaseId, endpoint, came));
      if (!claim.once) await noteOutcome(this.#deps, endpoint, came.verdict);
    } catch (error) {
      failed = true;
      this.#logger.warn(
        { err: error, deliveryId: claim.delivery_id },
        'a delivery could not be dealt with; it comes again when its lease ends',
      );
    } finally {
      this.#places.leave(claim.endpoint_id, failed);
      this.#woken.resolve();
    }
  }

  /** Insists until the leases have surely ended: a result that is lost means that a subscriber gets the event again. */
  async #store(results: Result[]): Promise<boolean[]> {
    const until = Date.now() + this.#deps.settings.leaseGraceMs;
    for (;;) {
      try {
        const more = await storeResults(this.#deps.pool, results);
        const now = Date.now();
        for (const { claim, next } of results) if (next.status === 'pending') this.#agenda.due(claim.endpoint_id, now + next.inMs);
        const settled = new Set(results.filter(({ next }) => next.status !== 'pending').map(({ claim }) => claim.endpoint_id));
        for (const id of more) if (settled.has(id)) this.#agenda.due(id, now);
        this.#woken.resolve();
        return results.map(() => true);
      } catch (error) {
        if (Date.now() >= until) throw error;
        await delay(250);
      }
    }
  }

  /** What is being sent may end; what does not is cut off and comes again elsewhere. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#woken.resolve();
    await this.#looping;
    await Promise.allSettled(this.#running);
  }

  /** No more time. */
  cutOff(): void {
    this.#cutOff.abort();
  }
}

function resultOf(
  claim: Claimed,
  leaseId: string,
  endpoint: EndpointRow,
  came: Exclude<Awaited<ReturnType<typeof attempt>>, 'cut_off'>,
): Result {
  const { verdict } = came;
  return {
    claim,
    leaseId,
    startedAt: came.startedAt,
    durationMs: came.durationMs,
    url: endpoint.url,
    status: came.status,
    error: verdict.kind === 'delivered' ? null : verdict.error,
    answer: came.answer,
    next: verdict.kind === 'retry' ? { status: 'pending', inMs: verdict.inMs } : { status: verdict.kind },
  };
}
