import type { Query } from '@baton/verify/invariants/invariant.ts';
import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

export interface StreamState {
  name: string;
  messages: number;
  bytes: number;
  max_bytes: number;
  oldest: string | null;
}

export interface ConsumerState {
  stream: string;
  name: string;
  /** Not delivered yet. */
  pending: number;
  /** Delivered, and not acknowledged yet. */
  in_hand: number;
  redelivered: number;
}

export interface RowsState {
  /** Committed, and not published yet. */
  outbox: number;
  oldest_in_outbox_seconds: number;
  partitions_held: number;
  instances: number;
  open_turns: number;
  open_sends: number;
  overdue_timers: number;
  dead_letters: number;
  dead_deliveries: number;
  pending_deliveries: number;
}

const noStream = 10059;

/** What the streams hold and how far their readers have got. Ephemeral consumers are left out: they are somebody's look at it. */
export async function busState(connection: NatsConnection): Promise<{ streams: StreamState[]; consumers: ConsumerState[] }> {
  const manager = await jetstreamManager(connection);
  const streams: StreamState[] = [];
  const consumers: ConsumerState[] = [];
  for (const name of ['INBOUND', 'EVENTS']) {
    try {
      const { state, config } = await manager.streams.info(name);
      const oldest = state.messages > 0 ? state.first_ts : null;
      streams.push({ name, messages: state.messages, bytes: state.bytes, max_bytes: config.max_bytes, oldest });
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === noStream) continue;
      throw error;
    }
    for await (const one of manager.consumers.list(name)) {
      if (one.config.durable_name === undefined) continue;
      const { num_pending: pending, num_ack_pending: in_hand, num_redelivered: redelivered } = one;
      consumers.push({ stream: name, name: one.name, pending, in_hand, redelivered });
    }
  }
  return { streams, consumers };
}

/** Every count has an index of its own to go by, or a small table. */
const counts = `select
  (select count(*)::int from conversation.outbox) as outbox,
  (select coalesce(extract(epoch from now() - min(e.created_at)), 0)::int from (
     select distinct on (partition) position from conversation.outbox where not again order by partition, position) o
     join conversation.event e using (position)) as oldest_in_outbox_seconds,
  (select count(*)::int from conversation.partition_lease where instance_id is not null and expires_at > now()) as partitions_held,
  (select count(distinct instance_id)::int from conversation.partition_lease where expires_at > now()) as instances,
  (select count(*)::int from conversation.dispatch where open) as open_turns,
  (select count(*)::int from conversation.message where open) as open_sends,
  (select count(*)::int from conversation.timer where due_at < now() - interval '1 minute') as overdue_timers,
  (select count(*)::int from conversation.dead_letter where state = 'open') + (select count(*)::int from delivery.dead_letter where state = 'open') as dead_letters,
  (select count(*)::int from delivery.delivery where status = 'dead' and (dropped_at is null or dropped_at < settled_at)) as dead_deliveries,
  (select count(*)::int from delivery.delivery where status = 'pending') as pending_deliveries`;

export async function rowsState(query: Query): Promise<RowsState> {
  const [row] = await query<RowsState>(counts, []);
  return row!;
}

const partitions = 16;
const lateMs = 60_000;

/** What somebody should look at, in a sentence each. */
export function concerns(o: { streams: readonly StreamState[]; rows: RowsState; now: number }): string[] {
  const { rows } = o;
  const found: string[] = [];
  for (const name of ['INBOUND', 'EVENTS']) if (!o.streams.some((one) => one.name === name)) found.push(`the stream ${name} is not there`);
  const inbound = o.streams.find(({ name }) => name === 'INBOUND');
  if (inbound?.oldest && o.now - Date.parse(inbound.oldest) > lateMs)
    found.push(`a message has waited in INBOUND since ${inbound.oldest}: baton inbound replay --dry-run`);
  if (inbound && inbound.max_bytes > 0 && inbound.bytes > 0.8 * inbound.max_bytes)
    found.push('INBOUND is nearly full: ingest will answer 503');
  if (rows.partitions_held < partitions) found.push(`${partitions - rows.partitions_held} of ${partitions} partitions are nobody’s`);
  if (rows.oldest_in_outbox_seconds * 1000 > lateMs) found.push(`an event has waited ${rows.oldest_in_outbox_seconds} s to be published`);
  if (rows.overdue_timers > 0) found.push(`${rows.overdue_timers} timers are overdue by more than a minute`);
  const dead = rows.dead_letters + rows.dead_deliveries;
  if (dead > 0) found.push(`${dead} dead letters stand open: baton dead list`);
  return found;
}
