import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import { done, settle } from '@baton/bus/settle.ts';
import { inboundConsumer, partitionToken, streams } from '@baton/contracts/subjects.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { AckPolicy, type ConsumerMessages, DeliverPolicy, JetStreamApiError, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Lease } from './leases.ts';

/** A message in hand with the lease under which it was read. */
export interface Read {
  message: JsMsg;
  lease: Lease;
}

interface Reading {
  lease: Lease;
  /** Starts over at the first message that nobody has acknowledged. */
  again(): void;
  stop(): Promise<void>;
}

/**
 * Reads the partitions that this process holds and hands them on in stream order. Taking a partition declares its consumer anew, so reading starts at the first message
 * that stands in the stream (see `tidy.ts`), which may have been taken a moment ago: it is known by its provider's id. Redelivery, which reorders, plays no part.
 */
export class InboundReader implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #logger: Logger;
  readonly #arrived: (read: Read) => Promise<void> | undefined;
  readonly #open = new Map<number, Reading>();

  constructor(o: { bus: Bus; logger: Logger; arrived(read: Read): Promise<void> | undefined }) {
    this.#bus = o.bus;
    this.#logger = o.logger;
    this.#arrived = o.arrived;
    void this.#startOverAfterReconnect();
  }

  /** What the server had delivered into the connection that broke would else come again after `ack_wait`: a minute later. */
  async #startOverAfterReconnect(): Promise<void> {
    for await (const change of this.#bus.nc.status()) {
      if (change.type === 'reconnect') for (const reading of this.#open.values()) reading.again();
    }
  }

  /** Whether the lease is the one that is being read under now. */
  holds(lease: Lease): boolean {
    return this.#open.get(lease.partition)?.lease.lease === lease.lease;
  }

  async changed(held: Lease[]): Promise<void> {
    const wanted = new Map(held.map((lease) => [lease.partition, lease]));
    const gone = [...this.#open].filter(([partition, reading]) => wanted.get(partition)?.lease !== reading.lease.lease);
    for (const [partition] of gone) this.#open.delete(partition);
    await Promise.all(gone.map(([, reading]) => reading.stop()));
    for (const lease of held) if (!this.#open.has(lease.partition)) this.#open.set(lease.partition, this.#read(lease));
  }

  #read(lease: Lease): Reading {
    let messages: ConsumerMessages | undefined;
    let stopped = false;
    const loop = async () => {
      while (!stopped) {
        try {
          messages = await this.#declare(lease.partition);
          let next = 1;
          for await (const message of messages) {
            // A missing number was delivered to nobody (a broken connection, the reader before us): it would come behind newer messages of its thread.
            if (stopped || message.info.deliverySequence !== next++) break;
            const full = this.#arrived({ message, lease });
            if (full) await full;
          }
          messages.stop();
        } catch (error) {
          if (!stopped) this.#logger.warn({ err: error, partition: lease.partition }, 'reading a partition failed; starting again');
        }
        if (!stopped) await delay(500);
      }
    };
    const running = loop();
    return {
      lease,
      again: () => messages?.stop(),
      stop: async () => {
        stopped = true;
        messages?.stop();
        await Promise.race([running, delay(500)]);
      },
    };
  }

  async #declare(partition: number): Promise<ConsumerMessages> {
    const name = inboundConsumer(partition);
    await this.#bus.jsm.consumers.delete(streams.inbound, name).catch((error: unknown) => {
      if (!(error instanceof JetStreamApiError)) throw error;
    });
    await this.#bus.jsm.consumers.add(streams.inbound, {
      durable_name: name,
      filter_subject: `inbound.*.${partitionToken(partition)}.>`,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(60_000),
      max_ack_pending: 4000,
      // It is made anew by whoever takes the partition, also when the server has been away: on the disk its state would be written and synced ten times a second for nobody.
      mem_storage: true,
    });
    const consumer = await this.#bus.js.consumers.get(streams.inbound, name);
    return consumer.consume({ max_messages: 500, expires: 30_000, abort_on_missing_resource: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.changed([]);
  }
}

/** After the commit: the message may leave the stream. Should this get lost, the provider's id stops a second one. */
export function taken(message: JsMsg): void {
  settle(message, done);
}
