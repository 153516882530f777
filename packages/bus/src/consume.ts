import { setTimeout as delay } from 'node:timers/promises';
import { killPoint } from '@baton/runtime/kill-point.ts';
import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiError,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Bus } from './connect.ts';
import { type Outcome, retry, settle } from './settle.ts';
import { signOfLifeMs } from './sign-of-life.ts';

export interface ConsumeOptions {
  stream: string;
  durable: string;
  filterSubjects: string[];
  /** How many messages are worked on at once by this process. */
  concurrency: number;
  /** Without a sign of life for so long a message goes to another instance; a sign is sent about every third of it while the handler runs. */
  ackWaitMs: number;
  /** Unacknowledged messages over all instances. */
  maxAckPending: number;
  handle(message: JsMsg): Promise<Outcome>;
  /** Called when `handle` threw; decides what becomes of the message. */
  failed(message: JsMsg, error: unknown): Promise<Outcome>;
  logger: Logger;
}

/**
 * Consumes until disposed; disposal waits for the handlers in hand. Deleted consumers and streams are declared anew.
 * Only as many messages are asked for as there are free places: one that waited in the client's own buffer would get no sign of life, and behind slow
 * handlers it would come a second time before it was looked at once.
 */
export function consume(bus: Bus, o: ConsumeOptions): AsyncDisposable {
  const inHand = new Map<JsMsg, number>();
  let tick = 0;
  let fetching: ConsumerMessages | undefined;
  let freed = () => {};
  let stopped = false;

  // One clock for all: most messages are done before it ever strikes for them.
  const alive = setInterval(() => {
    for (const [message, since] of inHand) if (since < tick) message.working();
    tick++;
  }, o.ackWaitMs / 3);

  const work = async (message: JsMsg) => {
    inHand.set(message, tick);
    let outcome: Outcome;
    try {
      outcome = await o.handle(message);
    } catch (error) {
      outcome = await o.failed(message, error).catch(() => retry(5000, 'the failure could not be recorded'));
    }
    inHand.delete(message);
    killPoint('signal.before_ack');
    settle(message, outcome);
    killPoint('signal.after_ack');
    freed();
  };

  const room = async () => {
    while (inHand.size >= o.concurrency && !stopped) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    }
    // A pull is a round trip: under full load it should fetch more than the one place that has just become free.
    if (o.concurrency - inHand.size < o.concurrency / 4) await delay(5);
  };

  const loop = async () => {
    while (!stopped) {
      try {
        const consumer = await declare(bus, o);
        while (!stopped) {
          await room();
          if (stopped) break;
          fetching = await consumer.fetch({
            max_messages: o.concurrency - inHand.size,
            expires: 10_000,
            idle_heartbeat: signOfLifeMs,
          });
          for await (const message of fetching) void work(message);
        }
      } catch (error) {
        if (!stopped) o.logger.warn({ err: error, consumer: o.durable }, 'consuming failed; starting again');
      }
      if (!stopped) await delay(250);
    }
  };
  const looping = loop();

  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      fetching?.stop();
      freed();
      await Promise.race([looping, delay(1000, undefined, { ref: false })]);
      while (inHand.size > 0) {
        await new Promise<void>((resolve) => {
          freed = resolve;
        });
      }
      clearInterval(alive);
    },
  };
}

// The server's code for: exists with another configuration.
const existsOtherwise = 10148;

async function declare(bus: Bus, o: ConsumeOptions): Promise<Consumer> {
  const config: Partial<ConsumerConfig> = {
    durable_name: o.durable,
    filter_subjects: o.filterSubjects,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(o.ackWaitMs),
    max_ack_pending: o.maxAckPending,
    max_deliver: -1,
  };
  try {
    await bus.jsm.consumers.add(o.stream, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== existsOtherwise) throw error;
    // Made by a release that listened to other subjects, or with other limits.
    await bus.jsm.consumers.update(o.stream, o.durable, config);
  }
  return bus.js.consumers.get(o.stream, o.durable);
}
