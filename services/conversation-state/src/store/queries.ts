import { readWorkspace } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { type ExpressionBuilder, sql, type Transaction } from 'kysely';
import type { ContactRow, ConversationRow, DispatchRow, MessageRow, ModeHistoryRow } from '../domain/rows.ts';
import { decodeCursor, page } from './cursor.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** Reads for the gateway. Every list is keyset-paginated on an index; `cursor` is empty for the first page. `offset` is for contracts that know nothing else. */

export interface ConversationView {
  row: ConversationRow;
  optedOut: boolean;
  contact: ContactRow | undefined;
  /** Where a list was asked for it. */
  latestMessage?: MessageRow | undefined;
}

type Trx = Transaction<Tables>;

export const optedOut = sql<boolean>`exists (select 1 from conversation.opt_out o where o.agent_id = c.agent_id and o.address = c.remote_address)`;

export function getConversation(
  store: Store,
  workspaceId: string,
  o: { conversationId: string; size: number; cursor: string },
): Promise<ConversationView & { messages: MessageRow[]; next: string }> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const found = await trx
      .selectFrom('conversation.conversation as c')
      .selectAll('c')
      .select(optedOut.as('opted_out'))
      .where('c.conversation_id', '=', o.conversationId)
      .executeTakeFirst();
    if (!found) throw notFound('conversation', o.conversationId);
    const { opted_out, ...row } = found;
    const contact = await trx.selectFrom('conversation.contact').selectAll().where('contact_id', '=', row.contact_id).executeTakeFirst();
    const messages = o.size > 0 ? await messagePage(trx, { ...o, order: 'desc' }) : { rows: [], next: '' };
    return { row, optedOut: opted_out, contact, messages: messages.rows, next: messages.next };
  });
}

export interface MessageQuery {
  conversationId: string;
  size: number;
  cursor: string;
  order: 'asc' | 'desc';
  author?: string;
  after?: Date;
  before?: Date;
  offset?: number;
}

export function listMessages(
  store: Store,
  workspaceId: string,
  o: MessageQuery & { withTotal: boolean },
): Promise<{ rows: MessageRow[]; next: string; total: number | undefined }> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    await requireConversation(trx, o.conversationId);
    const found = await messagePage(trx, o);
    const total = o.withTotal ? await messagesMatching(trx, o).select(countAll).executeTakeFirstOrThrow() : undefined;
    return { ...found, total: total?.n };
  });
}

export const countAll = sql<number>`count(*)::int`.as('n');

function messagesMatching(trx: Trx, o: MessageQuery) {
  let query = trx.selectFrom('conversation.message').where('conversation_id', '=', o.conversationId);
  if (o.author !== undefined) query = query.where('author', '=', o.author as MessageRow['author']);
  if (o.after !== undefined) query = query.where('created_at', '>', o.after);
  if (o.before !== undefined) query = query.where('created_at', '<', o.before);
  return query;
}

async function messagePage(trx: Trx, o: MessageQuery): Promise<{ rows: MessageRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  let query = messagesMatching(trx, o)
    .selectAll()
    .orderBy('sequence', o.order)
    .limit(o.size + 1);
  if (o.offset !== undefined) query = query.offset(o.offset);
  if (from) query = query.where('sequence', o.order === 'desc' ? '<' : '>', Number(from[0]));
  return page(await query.execute(), o.size, (row) => [row.sequence]);
}

export async function getMessage(store: Store, workspaceId: string, messageId: string): Promise<MessageRow> {
  const row = await readWorkspace(store.db, workspaceId, (trx) =>
    trx.selectFrom('conversation.message').selectAll().where('message_id', '=', messageId).executeTakeFirst(),
  );
  if (!row) throw notFound('message', messageId);
  return row;
}

/** By the key that makes a provider's repeat no second message; undefined while it has not come in. */
export function findMessage(
  store: Store,
  workspaceId: string,
  o: { channelAccountId: string; providerMessageId: string },
): Promise<MessageRow | undefined> {
  return readWorkspace(store.db, workspaceId, (trx) =>
    trx
      .selectFrom('conversation.message')
      .selectAll()
      .where('channel_account_id', '=', o.channelAccountId)
      .where('provider_message_id', '=', o.providerMessageId)
      .executeTakeFirst(),
  );
}

/** The AI messages that a provider may have: on their way, or of unknown fate since less than a day. */
export function listInFlight(store: Store, workspaceId: string, conversationId: string): Promise<MessageRow[]> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    await requireConversation(trx, conversationId);
    return trx
      .selectFrom('conversation.message')
      .selectAll()
      .where('conversation_id', '=', conversationId)
      .where('author', '=', 'ai')
      .where(sql<boolean>`(open and status = 'sending' or doubtful and created_at > now() - interval '1 day')`)
      .orderBy('sequence')
      .execute();
  });
}

export function listModeHistory(
  store: Store,
  workspaceId: string,
  o: { conversationId: string; size: number; cursor: string },
): Promise<{ rows: ModeHistoryRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    await requireConversation(trx, o.conversationId);
    let query = trx
      .selectFrom('conversation.mode_history')
      .selectAll()
      .where('conversation_id', '=', o.conversationId)
      .orderBy('mode_epoch', 'desc')
      .limit(o.size + 1);
    if (from) query = query.where('mode_epoch', '<', Number(from[0]));
    return page(await query.execute(), o.size, (row) => [row.mode_epoch]);
  });
}

export function listDispatches(
  store: Store,
  workspaceId: string,
  o: { conversationId: string; size: number; cursor: string },
): Promise<{ rows: DispatchRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    await requireConversation(trx, o.conversationId);
    let query = trx
      .selectFrom('conversation.dispatch')
      .selectAll()
      .where('conversation_id', '=', o.conversationId)
      .orderBy('dispatch_id', 'desc')
      .limit(o.size + 1);
    if (from) query = query.where('dispatch_id', '<', String(from[0]));
    return page(await query.execute(), o.size, (row) => [row.dispatch_id]);
  });
}

/** The customer's messages since the last word from our side, oldest first. */
export function unansweredMessages(store: Store, workspaceId: string, conversationId: string): Promise<string[]> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const lastAnswer = (eb: ExpressionBuilder<Tables, 'conversation.message'>) =>
      eb
        .selectFrom('conversation.message as o')
        .select((o) => sql<number>`coalesce(${o.fn.max('o.sequence')}, 0)`.as('sequence'))
        .where('o.conversation_id', '=', conversationId)
        .where('o.direction', '=', 'outbound')
        .where('o.status', 'not in', ['cancelled', 'failed']);
    const rows = await trx
      .selectFrom('conversation.message')
      .select('message_id')
      .where('conversation_id', '=', conversationId)
      .where('author', '=', 'contact')
      .where('sequence', '>', lastAnswer)
      .orderBy('sequence')
      .limit(100)
      .execute();
    return rows.map((row) => row.message_id);
  });
}

/** `not_found` for what does not exist and for what belongs to another workspace: row-level security makes them the same. */
export async function requireConversation(trx: Trx, conversationId: string): Promise<void> {
  const found = await trx
    .selectFrom('conversation.conversation')
    .select('conversation_id')
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  if (!found) throw notFound('conversation', conversationId);
}
