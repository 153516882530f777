import { JetStreamApiError, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';

const partitions = 16;
const noStream = 10059;
const noConsumer = 10014;

/** What INBOUND holds that nobody has taken; undefined: nothing. What has been taken may stand there for some seconds. */
export async function waitingInbound(manager: JetStreamManager): Promise<{ messages: number; oldest: StoredMsg } | undefined> {
  const of = await Promise.all(
    Array.from({ length: partitions }, (_, partition) => waitingIn(manager, String(partition).padStart(2, '0'))),
  );
  const found = of.filter((one) => one !== undefined);
  const [first] = found.sort((a, b) => a.oldest.seq - b.oldest.seq);
  return first && { messages: found.reduce((sum, { messages }) => sum + messages, 0), oldest: first.oldest };
}

async function waitingIn(manager: JetStreamManager, partition: string): Promise<{ messages: number; oldest: StoredMsg } | undefined> {
  const reader = await orNone(noConsumer, () => manager.consumers.info('INBOUND', `conversation-state-p${partition}`));
  // The client's types know it of direct gets alone; the server takes it here as well.
  const asked = { seq: (reader?.ack_floor.stream_seq ?? 0) + 1, next_by_subj: `inbound.*.p${partition}.>` };
  const oldest = await orNone(noStream, () => manager.streams.getMessage('INBOUND', asked));
  return oldest ? { messages: reader ? reader.num_pending + reader.num_ack_pending : 1, oldest } : undefined;
}

async function orNone<T>(code: number, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code) return undefined;
    throw error;
  }
}
