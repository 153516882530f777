import type { Bus } from '@baton/bus/connect.ts';
import { inboundConsumer, streams } from '@baton/contracts/subjects.ts';
import { JetStreamApiError, type StoredMsg } from '@nats-io/jetstream';

/** Messages of INBOUND by their places, both ends included. */
export interface Range {
  from: number;
  to: number;
}

export interface Held {
  messages: number;
  first: StoredMsg | undefined;
  last: StoredMsg | undefined;
  partitions: Map<number, number>;
}

/** The first message at this place or after it whose subject fits. */
export async function messageFrom(bus: Bus, sequence: number, subject = 'inbound.>'): Promise<StoredMsg | undefined> {
  // The client's types know it of direct gets alone; the server takes it here as well.
  const asked = { seq: Math.max(1, sequence), next_by_subj: subject };
  return (await bus.jsm.streams.getMessage(streams.inbound, asked)) ?? undefined;
}

/** From when to when, as places in the stream: later messages stand behind earlier ones. */
export async function rangeOf(bus: Bus, o: { since?: Date; until?: Date; from?: number; to?: number }): Promise<Range> {
  const { state } = await bus.jsm.streams.info(streams.inbound);
  const all = { from: state.first_seq, to: state.last_seq };
  const since = o.since ? await firstNotBefore(bus, all, o.since) : all.from;
  const until = o.until ? (await firstNotBefore(bus, all, o.until)) - 1 : all.to;
  return { from: Math.max(o.from ?? 0, since), to: Math.min(o.to ?? Number.MAX_SAFE_INTEGER, until) };
}

async function firstNotBefore(bus: Bus, { from, to }: Range, time: Date): Promise<number> {
  let [low, high] = [from, to + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const message = await messageFrom(bus, middle);
    if (!message || message.time >= time) high = middle;
    else low = message.seq + 1;
  }
  return low;
}

/** What INBOUND holds of the range now. */
export async function heldIn(bus: Bus, range: Range, signal: AbortSignal): Promise<Held> {
  const held: Held = { messages: 0, first: undefined, last: undefined, partitions: new Map() };
  for (
    let message = await messageFrom(bus, range.from);
    message && message.seq <= range.to;
    message = await messageFrom(bus, message.seq + 1)
  ) {
    signal.throwIfAborted();
    held.messages += 1;
    held.first ??= message;
    held.last = message;
    const partition = Number(message.subject.split('.')[2]?.slice(1));
    held.partitions.set(partition, (held.partitions.get(partition) ?? 0) + 1);
  }
  return held;
}

/** Whoever reads the partition finds its consumer gone, and makes it anew: from the first message that the stream holds. */
export async function readAgain(bus: Bus, partition: number): Promise<void> {
  await bus.jsm.consumers.delete(streams.inbound, inboundConsumer(partition)).catch((error: unknown) => {
    if (!(error instanceof JetStreamApiError)) throw error;
  });
}
