import { readWorkspace } from '@baton/db/scope.ts';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { erasedThread } from '../domain/contact/erased.ts';
import type { ContactRow, MessageRow } from '../domain/rows.ts';
import { standing } from './contact/contact-queries.ts';
import { decodeCursor, page } from './cursor.ts';
import { type ConversationView, countAll, optedOut } from './queries.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

export interface ConversationFilter {
  agentId?: string;
  channel?: string;
  channels?: string[];
  aiMode?: string;
  status?: string;
  statuses?: string[];
  contactId?: string;
  needsHandoff?: boolean;
  unread?: boolean;
  tag?: string;
  updatedAfter?: Date;
  remoteAddress?: string;
  closed?: boolean;
  archived?: boolean;
  takenOverBy?: string;
  currentOnly?: boolean;
}

export interface ConversationQuery {
  filter: ConversationFilter;
  size: number;
  cursor: string;
  offset?: number;
  withTotal: boolean;
  withContact: boolean;
  byCreation: boolean;
  withLatestMessage: boolean;
}

type Trx = Transaction<Tables>;

/** Newest activity (or, by creation, newest conversation) first; rows, contacts, latest messages and total are of one moment. */
export function listConversations(
  store: Store,
  workspaceId: string,
  o: ConversationQuery,
): Promise<{ rows: ConversationView[]; next: string; total: number | undefined }> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const found = await inOrder(trx, workspaceId, o).execute();
    const { rows, next } = page(found, o.size, (row) =>
      o.byCreation ? [row.conversation_id] : [row.active_at.toISOString(), row.conversation_id],
    );
    const contacts = o.withContact ? await contactsOf(trx, rows) : new Map<string, ContactRow>();
    const latest = o.withLatestMessage ? await latestMessagesOf(trx, rows) : new Map<string, MessageRow>();
    const total = o.withTotal ? await matching(trx, workspaceId, o.filter).select(countAll).executeTakeFirstOrThrow() : undefined;
    return {
      rows: rows.map(({ opted_out, active_at: _, ...row }) => ({
        row,
        optedOut: opted_out,
        contact: contacts.get(row.contact_id),
        latestMessage: latest.get(row.conversation_id),
      })),
      next,
      total: total?.n,
    };
  });
}

function inOrder(trx: Trx, workspaceId: string, o: ConversationQuery) {
  let query = matching(trx, workspaceId, o.filter)
    .selectAll('c')
    .select(['a.active_at', optedOut.as('opted_out')])
    .limit(o.size + 1);
  if (o.offset !== undefined) query = query.offset(o.offset);
  const after = decodeCursor(o.cursor, o.byCreation ? 1 : 2);
  if (o.byCreation) {
    // An id begins with the moment it was made. With the workspace, so that the index by both serves it.
    query = query.where('c.workspace_id', '=', workspaceId).orderBy('c.conversation_id', 'desc');
    return after ? query.where('c.conversation_id', '<', String(after[0])) : query;
  }
  query = query.orderBy('a.active_at', 'desc').orderBy('a.conversation_id', 'desc');
  return after ? query.where(sql<boolean>`(a.active_at, a.conversation_id) < (${after[0]}::timestamptz, ${after[1]})`) : query;
}

function matching(trx: Trx, workspaceId: string, filter: ConversationFilter) {
  return trx
    .selectFrom('conversation.activity as a')
    .innerJoin('conversation.conversation as c', 'c.conversation_id', 'a.conversation_id')
    .where('a.workspace_id', '=', workspaceId)
    .where((eb) => eb.and(conditions(workspaceId, filter)));
}

function conditions(workspaceId: string, f: ConversationFilter): RawBuilder<boolean>[] {
  const all: RawBuilder<boolean>[] = [];
  const add = (condition: RawBuilder<boolean>) => all.push(condition);
  if (f.agentId !== undefined) add(sql`c.agent_id = ${f.agentId}`);
  if (f.channel !== undefined) add(sql`c.channel = ${f.channel}`);
  if (f.channels !== undefined) add(sql`c.channel = any(${f.channels})`);
  if (f.aiMode !== undefined) add(sql`c.ai_mode = ${f.aiMode}`);
  if (f.closed !== undefined) add(sql`(c.closed_at is not null) = ${f.closed}`);
  if (f.status !== undefined) add(sql`c.status = ${f.status}`);
  if (f.statuses !== undefined) add(sql`c.status = any(${f.statuses})`);
  if (f.archived !== undefined) add(sql`(c.closed_at is not null or c.status = 'archived') = ${f.archived}`);
  if (f.contactId !== undefined) add(sql`c.contact_id = ${standing(f.contactId)}`);
  if (f.needsHandoff !== undefined) add(sql`c.needs_handoff = ${f.needsHandoff}`);
  if (f.unread !== undefined) add(sql`c.unread = ${f.unread}`);
  if (f.tag !== undefined) add(sql`${f.tag} = any(c.tags)`);
  if (f.updatedAfter !== undefined) add(sql`c.updated_at > ${f.updatedAfter}`);
  // With the workspace, so that the index by address serves it.
  if (f.remoteAddress !== undefined) add(sql`(c.workspace_id = ${workspaceId} and c.remote_address = ${f.remoteAddress})`);
  // The same of the index by holder.
  if (f.takenOverBy !== undefined)
    add(sql`(c.workspace_id = ${workspaceId} and c.taken_over_by = ${f.takenOverBy} and c.ai_mode = 'human')`);
  if (f.currentOnly) add(isCurrent(workspaceId));
  return all;
}

/**
 * No other conversation of the same customer's address (each agent has its own, and earlier ones are closed) comes before this one. Where the address was
 * erased nobody has it, so nothing is current.
 */
function isCurrent(workspaceId: string): RawBuilder<boolean> {
  return sql`c.remote_address <> ${erasedThread('')} || c.conversation_id and not exists (
    select 1 from conversation.conversation o join conversation.activity oa on oa.conversation_id = o.conversation_id
    where o.workspace_id = ${workspaceId} and o.remote_address = c.remote_address and o.conversation_id <> c.conversation_id
      and (o.closed_at is null, oa.active_at, o.conversation_id) > (c.closed_at is null, a.active_at, c.conversation_id))`;
}

export async function contactsOf(trx: Trx, rows: { contact_id: string }[]): Promise<Map<string, ContactRow>> {
  if (rows.length === 0) return new Map();
  const ids = [...new Set(rows.map((row) => row.contact_id))];
  const found = await trx.selectFrom('conversation.contact').selectAll().where('contact_id', 'in', ids).execute();
  return new Map(found.map((row) => [row.contact_id, row]));
}

async function latestMessagesOf(trx: Trx, rows: { conversation_id: string; message_count: number }[]): Promise<Map<string, MessageRow>> {
  if (rows.length === 0) return new Map();
  // The count is the number of the newest: a lookup for each row.
  const keys = rows.map((row) => sql`(${row.conversation_id}, ${row.message_count})`);
  const found = await trx
    .selectFrom('conversation.message')
    .selectAll()
    .where(sql<boolean>`(conversation_id, sequence) in (${sql.join(keys)})`)
    .execute();
  return new Map(found.map((row) => [row.conversation_id, row]));
}
