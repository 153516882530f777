import type { Bus } from '@baton/bus/connect.ts';
import { newId } from '@baton/contracts/ids.ts';
import { directoryBucket, directoryFilledKey, directoryKey, directorySubject, partitionCount } from '@baton/contracts/subjects.ts';
import { Kvm } from '@nats-io/kv';
import type { Transaction } from 'kysely';
import type pg from 'pg';
import type { AgentRow, ChannelAccountRow, EventRow, WorkspaceRow } from '../domain/rows.ts';
import type { Tables } from '../store/tables.ts';
import { agentEntry, channelAccountEntry, workspaceEntry } from '../wire/directory.ts';

export type DirectoryRow =
  | { kind: 'workspace'; row: WorkspaceRow }
  | { kind: 'agent'; row: AgentRow }
  | { kind: 'channel_account'; row: ChannelAccountRow };

function entryOf(entry: DirectoryRow): { id: string; data: string } {
  switch (entry.kind) {
    case 'workspace':
      return { id: entry.row.workspace_id, data: JSON.stringify(workspaceEntry(entry.row)) };
    case 'agent':
      return { id: entry.row.agent_id, data: JSON.stringify(agentEntry(entry.row)) };
    case 'channel_account':
      return { id: entry.row.channel_account_id, data: JSON.stringify(channelAccountEntry(entry.row)) };
    default:
      entry satisfies never;
      throw new Error('unreachable');
  }
}

function isDeleted(entry: DirectoryRow): boolean {
  return entry.kind !== 'workspace' && entry.row.deleted_at !== null;
}

/** Writes the change into the outbox, in the transaction of the row itself: the bucket follows whatever crashes. Returns the partition to wake. */
export async function announce(trx: Transaction<Tables>, entry: DirectoryRow, now: Date): Promise<number> {
  const { id, data } = entryOf(entry);
  const deleted = isDeleted(entry);
  const event: EventRow = {
    event_id: newId('event'),
    workspace_id: entry.row.workspace_id,
    // Entries about one thing keep their order, as events of one conversation do.
    conversation_id: id,
    partition: id.charCodeAt(id.length - 1) % partitionCount,
    event_type: deleted ? 'directory.deleted' : 'directory.changed',
    sequence: 0,
    subject: directorySubject(entry.kind, id),
    data: deleted ? '' : data,
    traceparent: null,
    created_at: now,
  };
  const { position } = await trx.insertInto('conversation.event').values(event).returning('position').executeTakeFirstOrThrow();
  const { workspace_id, partition } = event;
  await trx.insertInto('conversation.outbox').values({ workspace_id, partition, position }).execute();
  return event.partition;
}

/** Opens the bucket and fills in what is missing: after the NATS store was lost, everything. Only then do its readers take it into use. */
export async function restoreDirectory(bus: Bus, systemPool: pg.Pool): Promise<number> {
  const bucket = await new Kvm(bus.js).create(directoryBucket, { history: 1 });
  const [workspaces, agents, accounts] = await Promise.all([
    systemPool.query<WorkspaceRow>('select * from conversation.workspace'),
    systemPool.query<AgentRow>('select * from conversation.agent'),
    systemPool.query<ChannelAccountRow>('select * from conversation.channel_account'),
  ]);
  const all: DirectoryRow[] = [
    ...workspaces.rows.map((row) => ({ kind: 'workspace' as const, row })),
    ...agents.rows.map((row) => ({ kind: 'agent' as const, row })),
    ...accounts.rows.map((row) => ({ kind: 'channel_account' as const, row })),
  ];
  let restored = 0;
  for (const one of all) {
    const { id, data } = entryOf(one);
    const key = directoryKey(one.kind, id);
    const present = await bucket.get(key);
    if (isDeleted(one)) {
      // A store brought back from a backup may know what has gone since.
      if (present?.operation === 'PUT') {
        await bucket.delete(key);
        restored++;
      }
    } else if (present === null) {
      await bucket.create(key, data).catch(() => undefined);
      restored++;
    }
  }
  if ((await bucket.get(directoryFilledKey)) === null) await bucket.create(directoryFilledKey, '').catch(() => undefined);
  return restored;
}
