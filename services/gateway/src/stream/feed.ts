import type { Bus } from '@baton/bus/connect.ts';
import { signOfLifeMs } from '@baton/bus/sign-of-life.ts';
import { publicEventTypes } from '@baton/contracts/events.ts';
import { eventFilter, streams } from '@baton/contracts/subjects.ts';
import { AckPolicy, type Consumer, type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Extent } from '../domain/position.ts';

/** The stream was deleted and made anew under a reader: its sequences mean something else now. */
export class StreamRebuilt extends Error {}

/** What the EVENTS stream holds now. Throws while there is none. */
export async function extentOf(bus: Bus): Promise<Extent> {
  const { created, state } = await bus.jsm.streams.info(streams.events);
  return { incarnation: Date.parse(created), first: state.first_seq, last: state.last_seq };
}

/** A consumer that nobody else uses and the server forgets by itself; it belongs to one incarnation of the stream and dies with it. */
async function ephemeral(
  bus: Bus,
  o: { filterSubjects: string[]; from: number; incarnation: number },
): Promise<{ consumer: Consumer; extent: Extent }> {
  const info = await bus.jsm.consumers.add(streams.events, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: o.from,
    filter_subjects: o.filterSubjects,
    inactive_threshold: nanos(30_000),
    mem_storage: true,
    num_replicas: 1,
  });
  // Looked at after the consumer exists: now it is certain which incarnation it reads.
  const extent = await extentOf(bus);
  if (extent.incarnation !== o.incarnation) throw new StreamRebuilt();
  return { consumer: await bus.js.consumers.get(streams.events, info.name), extent };
}

/**
 * Hands over every public event from `from` on, in order and without holes, until something goes amiss: a lost connection, a lost message, a missing
 * heartbeat, a deleted stream. Then `ended` resolves with the reason, and the reader opens another feed after the last message it saw.
 */
export async function openFeed(
  bus: Bus,
  o: { from: number; incarnation: number; onMessage: (message: JsMsg) => void },
): Promise<AsyncDisposable & { ended: Promise<string>; extent: Extent }> {
  const filterSubjects = publicEventTypes.map((type) => `${type}.*.*.*`);
  const { consumer, extent } = await ephemeral(bus, { filterSubjects, from: o.from, incarnation: o.incarnation });
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  let expected = 1;
  let open = true;
  const stop = (reason: string) => {
    open = false;
    end(reason);
  };
  const messages = await consumer.consume({
    max_messages: 2000,
    expires: 10_000,
    idle_heartbeat: signOfLifeMs,
    abort_on_missing_resource: true,
    callback: (message) => {
      if (!open) return;
      // Without acknowledgements a message lost on the way is only seen by the hole it leaves.
      if (message.info.deliverySequence !== expected++) stop('a message was lost on the way');
      else o.onMessage(message);
    },
  });
  void watch(messages, stop);
  void messages.closed().then((error) => stop(error instanceof Error ? error.message : 'the consumer ended'));
  const connection = bus.nc.status();
  void (async () => {
    for await (const change of connection) if (change.type === 'disconnect' || change.type === 'close') stop('the connection was lost');
  })();
  return {
    ended,
    extent,
    async [Symbol.asyncDispose]() {
      stop('closed');
      (connection as AsyncIterable<unknown> & { stop?: () => void }).stop?.();
      messages.stop();
      forget(consumer);
    },
  };
}

const fatal = new Set(['heartbeats_missed', 'consumer_deleted', 'consumer_not_found', 'stream_not_found', 'no_responders']);

async function watch(messages: ConsumerMessages, stop: (reason: string) => void): Promise<void> {
  for await (const change of messages.status()) if (fatal.has(change.type)) stop(change.type);
}

const batch = 500;

/**
 * Reads the stored events of a workspace or conversation after `after` up to `upTo`, in order. Throws StreamRebuilt, or when the server does not
 * answer; the reader then knows from the last event it got where to go on. `tooOld` says that retention has overtaken the position.
 */
export async function* readStored(
  bus: Bus,
  o: { at: { workspaceId: string; conversationId?: string }; after: number; upTo: number; incarnation: number; tooOld: () => void },
): AsyncGenerator<JsMsg> {
  const { consumer, extent } = await ephemeral(bus, { filterSubjects: [eventFilter(o.at)], from: o.after + 1, incarnation: o.incarnation });
  try {
    if (extent.first > o.after + 1) return o.tooOld();
    let expected = 1;
    for (;;) {
      const { num_pending: pending } = await consumer.info();
      if (pending === 0) return;
      for await (const message of await consumer.fetch({ max_messages: Math.min(batch, pending), expires: 5000 })) {
        if (message.info.deliverySequence !== expected++) throw new Error('A stored event was lost on the way.');
        if (message.seq > o.upTo) return;
        yield message;
        if (message.info.pending === 0 || message.seq === o.upTo) return;
      }
    }
  } finally {
    forget(consumer);
  }
}

/** Not waited for: on a lost connection the answer would be seconds away, and the server forgets the consumer anyway. */
function forget(consumer: Consumer): void {
  consumer.delete().catch(() => undefined);
}
