import type { Bus } from '@baton/bus/connect.ts';
import { dispatcherConsumers, inboundConsumer, partitionCount, streams } from '@baton/contracts/subjects.ts';
import { JetStreamApiError } from '@nats-io/jetstream';

export interface Lag {
  stream: string;
  consumer: string;
  /** Not handed to anybody yet. */
  pending: number;
  /** Handed out, and not done. */
  ackPending: number;
  /** Of those, handed out more than once. */
  redelivered: number;
}

/** Everybody who looks at the same moment is told the same. */
const freshMs = 1000;

const consumers = [
  ...Array.from({ length: partitionCount }, (_, partition) => ({ stream: streams.inbound, consumer: inboundConsumer(partition) })),
  ...Object.values(dispatcherConsumers).map((consumer) => ({ stream: streams.events, consumer })),
];

/** The server's code for a consumer that nobody has declared yet. */
const notThere = 10014;

/** How far the readers of the streams are behind. It is the installation's, and names nobody: consumers are one for all tenants. */
export class ConsumerLag {
  readonly #bus: () => Promise<Bus>;
  #asked: { at: number; answer: Promise<Lag[]> } | undefined;

  constructor(bus: () => Promise<Bus>) {
    this.#bus = bus;
  }

  /** Rejects while NATS cannot be reached. */
  now(): Promise<Lag[]> {
    if (this.#asked && performance.now() - this.#asked.at < freshMs) return this.#asked.answer;
    const answer = this.#ask();
    this.#asked = { at: performance.now(), answer };
    answer.catch(() => undefined);
    return answer;
  }

  async #ask(): Promise<Lag[]> {
    const { jsm } = await this.#bus();
    const found = await Promise.all(consumers.map((one) => lagOf(jsm, one)));
    return found.filter((lag) => lag !== undefined);
  }
}

async function lagOf(jsm: Bus['jsm'], { stream, consumer }: { stream: string; consumer: string }): Promise<Lag | undefined> {
  try {
    const info = await jsm.consumers.info(stream, consumer);
    return { stream, consumer, pending: info.num_pending, ackPending: info.num_ack_pending, redelivered: info.num_redelivered };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === notThere) return undefined;
    throw error;
  }
}
