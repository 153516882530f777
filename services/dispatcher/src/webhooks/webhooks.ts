import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { webhookWakeSubject } from '@baton/contracts/subjects.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { announce } from './announce.ts';
import type { WebhookDeps } from './deps.ts';
import { FanOut } from './fan-out.ts';
import { KnownEndpoints } from './known-endpoints.ts';
import { startSweeper } from './sweeper.ts';
import { Worker } from './worker.ts';

/** Twice as often as `begin.ts` relies on. */
const readEveryMs = 30_000;

/** What somebody changed is not to take half a minute because one look at it went wrong. */
const readAgainMs = 1000;

/** What instances tell each other. */
type Wake = { from: string; endpoints: 'changed' } | { from: string; due: string[] };

/** The webhooks of one instance: reading events for all (or standing by), sending, clearing away. */
export class Webhooks {
  readonly deps: WebhookDeps;
  readonly endpoints: KnownEndpoints;
  readonly #fanOut: FanOut;
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #me = randomUUID();
  readonly #open = new AsyncDisposableStack();
  #soon: NodeJS.Timeout | undefined;

  constructor(deps: Omit<WebhookDeps, 'endpointsChanged' | 'deliveriesDue'>, logger: Logger) {
    this.deps = {
      ...deps,
      endpointsChanged: () => {
        this.#tell({ from: this.#me, endpoints: 'changed' });
        return this.#readEndpoints();
      },
      deliveriesDue: (endpointIds) => {
        this.#worker.due(endpointIds);
        this.#tell({ from: this.#me, due: endpointIds });
      },
    };
    this.endpoints = new KnownEndpoints(deps.db);
    this.#fanOut = new FanOut(this.deps, this.endpoints, { logger, takenOver: () => void this.#look() });
    this.#worker = new Worker(this.deps, this.endpoints, logger);
    this.#logger = logger;
  }

  /** Call it when the schema and NATS are there. */
  async start(): Promise<void> {
    const subscription = this.deps.bus().nc.subscribe(webhookWakeSubject, {
      callback: (_error, message) => this.#told(message.json<Wake>()),
    });
    this.#open.defer(() => subscription.unsubscribe());
    const timer = setInterval(() => void this.#readEndpoints(), readEveryMs).unref();
    this.#open.defer(() => {
      clearInterval(timer);
      clearTimeout(this.#soon);
    });
    this.#open.use(startSweeper(this.deps, this.#logger));
    await this.#readEndpoints();
    this.#open.use(this.#worker);
    this.#open.use(this.#fanOut);
    this.#worker.start();
    this.#fanOut.start();
  }

  #told(wake: Wake): void {
    if (wake.from === this.#me) return;
    if ('due' in wake) this.#worker.due(wake.due);
    else void this.#readEndpoints();
  }

  async #readEndpoints(): Promise<void> {
    try {
      await this.endpoints.read();
      await this.#worker.look();
      void this.#announce();
    } catch (error) {
      this.#logger.warn({ err: error }, 'the webhook endpoints could not be read; trying again');
      clearTimeout(this.#soon);
      if (!this.#open.disposed) this.#soon = setTimeout(() => void this.#readEndpoints(), readAgainMs).unref();
    }
    this.#fanOut.endpointsRead();
  }

  async #look(): Promise<void> {
    try {
      await this.#worker.look();
    } catch (error) {
      this.#logger.warn({ err: error }, 'what is due could not be looked up; the next look comes within half a minute');
    }
  }

  /** Nobody waits for it: EVENTS may be away. */
  async #announce(): Promise<void> {
    try {
      await announce(this.deps, this.endpoints.unannounced());
    } catch (error) {
      this.#logger.warn({ err: error }, 'a webhook endpoint was turned off, which could not be published; trying again');
    }
  }

  #tell(wake: Wake): void {
    try {
      const { nc } = this.deps.bus();
      if (!nc.isClosed()) nc.publish(webhookWakeSubject, JSON.stringify(wake));
    } catch {
      // Not connected yet: the others read the endpoints twice a minute anyway.
    }
  }

  /** Begins nothing new, and gives what is being sent `graceMs` to end. */
  async stop(graceMs: number): Promise<void> {
    const stopped = this.#open.disposeAsync();
    await Promise.race([stopped, delay(graceMs, undefined, { ref: false })]);
    this.#worker.cutOff();
    await stopped;
  }
}
