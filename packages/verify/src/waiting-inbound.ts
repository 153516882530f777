import { inboundConsumer, partitionCount, partitionToken, streams } from '@baton/contracts/subjects.ts';
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { noConsumer, noStream, orNone } from './or-none.ts';

export interface Waiting {
  /** At least one; where nobody reads a partition it counts as one. */
  messages: number;
  oldest: StoredMsg;
}

/** What INBOUND holds that nobody has taken; undefined: nothing. What has been taken may stand there for some seconds. */
export async function waitingInbound(manager: JetStreamManager): Promise<Waiting | undefined> {
  const all = await Promise.all(Array.from({ length: partitionCount }, (_, partition) => waitingIn(manager, partition)));
  const found = all.filter((one) => one !== undefined).sort((a, b) => a.oldest.seq - b.oldest.seq);
  const [first] = found;
  return first && { messages: found.reduce((sum, { messages }) => sum + messages, 0), oldest: first.oldest };
}

async function waitingIn(manager: JetStreamManager, partition: number): Promise<Waiting | undefined> {
  const reader = await orNone([noConsumer, noStream], () => manager.consumers.info(streams.inbound, inboundConsumer(partition)));
  // The client's types know it of direct gets alone; the server takes it here as well.
  const asked = { seq: (reader?.ack_floor.stream_seq ?? 0) + 1, next_by_subj: `inbound.*.${partitionToken(partition)}.>` };
  const oldest = await orNone([noStream], () => manager.streams.getMessage(streams.inbound, asked));
  return oldest ? { messages: Math.max(1, reader ? reader.num_pending + reader.num_ack_pending : 1), oldest } : undefined;
}
