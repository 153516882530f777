import { JetStreamApiError, type PubAck } from '@nats-io/jetstream';
import { createInbox, type Msg, type MsgHdrs, TimeoutError } from '@nats-io/transport-node';
import type { Bus } from './connect.ts';

/** Nobody listens to the subject: the stream is gone, or JetStream is still starting. */
export class NoStreamError extends Error {
  constructor(subject: string) {
    super(`no stream takes ${subject}`);
    this.name = 'NoStreamError';
  }
}

interface Waiting {
  resolve(ack: PubAck): void;
  reject(error: Error): void;
  subject: string;
  deadline: number;
}

interface Unsent {
  subject: string;
  data: string | Uint8Array;
  headers: MsgHdrs;
  token: number;
}

const pipelines = new WeakMap<Bus, Pipeline>();

/**
 * Publishing with acknowledgement, without the client's request machinery: one subscription hears all answers, and what one turn of the event
 * loop publishes goes out in one write. Through the client each publication is a write of its own and builds an error with its stack
 * (`RequestOne.cancel`, on success too): measured at the front door, 12k against 24k requests a second.
 */
export class Pipeline {
  readonly #bus: Bus;
  readonly #inbox: string;
  readonly #waiting = new Map<number, Waiting>();
  #unsent: Unsent[] = [];
  #next = 0;
  #sweeping: NodeJS.Timeout | undefined;

  private constructor(bus: Bus) {
    this.#bus = bus;
    this.#inbox = `${createInbox(bus.inboxPrefix)}.`;
    bus.nc.subscribe(`${this.#inbox}*`, { callback: (_error, message) => this.#settle(message) });
    void this.#watchConnection();
  }

  static of(bus: Bus): Pipeline {
    let pipeline = pipelines.get(bus);
    if (!pipeline) {
      pipeline = new Pipeline(bus);
      pipelines.set(bus, pipeline);
    }
    return pipeline;
  }

  publish(o: { subject: string; data: string | Uint8Array; headers: MsgHdrs; timeoutMs: number }): Promise<PubAck> {
    return new Promise((resolve, reject) => {
      // The client would drop it without a word.
      const problem = this.#bus.problem();
      if (problem !== undefined) {
        reject(new Error(problem));
        return;
      }
      const token = this.#next++;
      this.#waiting.set(token, { resolve, reject, subject: o.subject, deadline: performance.now() + o.timeoutMs });
      this.#sweeping ??= setInterval(() => this.#sweep(), 100).unref();
      if (this.#unsent.push({ subject: o.subject, data: o.data, headers: o.headers, token }) === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const one of unsent) {
      // The connection broke in this very turn: the client would keep it, and send it over the next one, after its publisher was told that it is lost.
      if (!this.#waiting.has(one.token)) continue;
      try {
        this.#bus.nc.publish(one.subject, one.data, { reply: this.#inbox + one.token, headers: one.headers });
      } catch (error) {
        this.#take(one.token)?.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #take(token: number): Waiting | undefined {
    const waiting = this.#waiting.get(token);
    if (waiting) this.#waiting.delete(token);
    return waiting;
  }

  #settle(message: Msg): void {
    const waiting = this.#take(Number(message.subject.slice(this.#inbox.length)));
    if (!waiting) return;
    if (message.data.length === 0) {
      waiting.reject(new NoStreamError(waiting.subject));
      return;
    }
    const answer = message.json<Partial<PubAck> & { error?: ConstructorParameters<typeof JetStreamApiError>[0] }>();
    if (answer.error) waiting.reject(new JetStreamApiError(answer.error));
    else if (!answer.stream || answer.seq === undefined) waiting.reject(new Error('JetStream gave an answer that is no acknowledgement'));
    else waiting.resolve({ ...answer, stream: answer.stream, seq: answer.seq, duplicate: answer.duplicate ?? false });
  }

  #sweep(): void {
    const now = performance.now();
    for (const [token, waiting] of this.#waiting) {
      if (waiting.deadline <= now) this.#take(token)?.reject(new TimeoutError());
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }

  /** An answer to the old connection will not come to the new one: whoever waits learns at once that the outcome is unknown. */
  async #watchConnection(): Promise<void> {
    for await (const change of this.#bus.nc.status()) if (change.type === 'disconnect') this.#abandon();
    this.#abandon();
  }

  #abandon(): void {
    for (const token of [...this.#waiting.keys()])
      this.#take(token)?.reject(new Error('the connection to NATS broke before the acknowledgement'));
  }
}
