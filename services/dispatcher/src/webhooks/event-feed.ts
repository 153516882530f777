import type { Bus } from '@baton/bus/connect.ts';
import { signOfLifeMs } from '@baton/bus/sign-of-life.ts';
import { streams } from '@baton/contracts/subjects.ts';
import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg } from '@nats-io/jetstream';

/** The stream was deleted and made anew: its sequences mean something else now. */
export class StreamRebuilt extends Error {}

export type From = { sequence: number } | { time: Date };

export interface StoredEvents {
  created: string;
  first: number;
  last: number;
}

/** What EVENTS holds now. */
export async function storedEvents(bus: Bus): Promise<StoredEvents> {
  const { created, state } = await bus.jsm.streams.info(streams.events);
  return { created, first: state.first_seq, last: state.last_seq };
}

const most = 500;

/** `caughtUp`: nothing more is stored for now. */
export interface Batch {
  messages: JsMsg[];
  caughtUp: boolean;
}

/**
 * Events of EVENTS in order and without holes, in batches: what has arrived goes together, a lone one goes at once. The next batch is asked for when the one
 * before has been dealt with, so a slow reader holds one batch. With `upTo` it ends there, else never. Throws when something goes amiss; the reader then
 * begins anew after the last event it has dealt with.
 */
export async function* readEvents(
  bus: Bus,
  o: { filterSubjects: string[]; from: From; streamCreated: string; upTo?: number; signal: AbortSignal },
): AsyncGenerator<Batch> {
  const { consumer, waiting } = await ephemeral(bus, o);
  let expected = 1;
  try {
    if ((await storedEvents(bus)).created !== o.streamCreated) throw new StreamRebuilt('EVENTS was made anew');
    if (waiting === 0) yield { messages: [], caughtUp: true };
    if (waiting === 0 && o.upTo !== undefined) return;
    for (;;) {
      o.signal.throwIfAborted();
      const messages = await consumer.fetch({ max_messages: most, expires: 10_000, idle_heartbeat: signOfLifeMs });
      const stop = () => messages.stop();
      o.signal.addEventListener('abort', stop, { once: true });
      // Told while it was asked: the listener comes too late, and nobody would hear of it before the request has run out.
      if (o.signal.aborted) stop();
      let batch: JsMsg[] = [];
      for await (const message of messages) {
        // Without acknowledgements a message lost on the way is only seen by the hole it leaves.
        if (message.info.deliverySequence !== expected++) throw new Error('an event was lost on the way');
        if (o.upTo !== undefined && message.seq > o.upTo) {
          if (batch.length > 0) yield { messages: batch, caughtUp: false };
          return;
        }
        batch.push(message);
        const caughtUp = message.info.pending === 0;
        if (!caughtUp && batch.length < most) continue;
        yield { messages: batch, caughtUp };
        batch = [];
        if (o.upTo !== undefined && caughtUp) return;
      }
      o.signal.removeEventListener('abort', stop);
      if (batch.length > 0) yield { messages: batch, caughtUp: false };
    }
  } finally {
    consumer.delete().catch(() => undefined);
  }
}

/** A consumer that nobody else uses and the server forgets by itself. */
async function ephemeral(bus: Bus, o: { filterSubjects: string[]; from: From }): Promise<{ consumer: Consumer; waiting: number }> {
  const start =
    'sequence' in o.from
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, o.from.sequence) }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: o.from.time.toISOString() };
  const info = await bus.jsm.consumers.add(streams.events, {
    ...start,
    ack_policy: AckPolicy.None,
    filter_subjects: o.filterSubjects,
    inactive_threshold: 60_000_000_000,
    mem_storage: true,
    num_replicas: 1,
  });
  return { consumer: await bus.js.consumers.get(streams.events, info.name), waiting: info.num_pending };
}
