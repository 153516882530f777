import { readWorkspace } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { sql, type Transaction } from 'kysely';
import type { ConversationRow, MessageRow } from '../domain/rows.ts';
import { contactsOf } from './conversation-list.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type ConversationView, optedOut } from './queries.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

type Trx = Transaction<Tables>;

export interface Export {
  agentId: string;
  limit: number;
  cursor: string;
  withMessages: boolean;
}

/** Some of what is exported: a conversation with its first messages, or (without `view`) more messages of the one before. */
export interface ExportPiece {
  view: ConversationView | undefined;
  messages: MessageRow[];
  /** Set where the conversation is complete. */
  cursor: string;
}

const conversationsAtOnce = 100;
/** What is held in memory at most: a message may have 64 KiB. */
const messagesAtOnce = 500;
/** Activity of two conversations may be committed in another order than their times: what is so close to the newest comes again rather than never. */
const overlapMs = 10_000;

/**
 * All of one moment, in one snapshot, newest activity first; each piece is waited for, so that nothing gathers here. Going on with a cursor is another moment:
 * what has been active since the first one comes first, again or anew, then the rest. So a later row of a conversation replaces an earlier one, and none is missed,
 * however the order has changed meanwhile. Answers whether the limit was reached before the end.
 */
export function exportConversations(
  store: Store,
  workspaceId: string,
  o: Export,
  tell: (piece: ExportPiece) => Promise<void>,
): Promise<{ hasMore: boolean }> {
  const goOn = placeOf(o.cursor);
  return readWorkspace(store.exports, workspaceId, async (trx) => {
    const agent = await trx.selectFrom('conversation.agent').select('agent_id').where('agent_id', '=', o.agentId).executeTakeFirst();
    if (!agent) throw notFound('agent', o.agentId);
    const from = { trx, workspaceId, agentId: o.agentId };
    const toldUntil = await almostNewest(from);
    let left = o.limit;
    const walk = async (range: Range, cursorOf: (row: Row) => string): Promise<boolean> => {
      for await (const page of pages(from, range)) {
        const taken = page.slice(0, left);
        left -= taken.length;
        for await (const piece of o.withMessages ? withMessages(trx, taken, cursorOf) : alone(taken, cursorOf)) await tell(piece);
        if (taken.length < page.length) return true;
      }
      return false;
    };
    // Cut off again among what is new since, it begins here again.
    if (goOn && (await walk({ until: goOn.toldUntil }, () => o.cursor))) return { hasMore: true };
    const cursorOf = (row: Row) => encodeCursor([toldUntil, row.active_at.toISOString(), row.view.row.conversation_id]);
    return { hasMore: await walk(goOn ? { after: goOn } : {}, cursorOf) };
  });
}

/** Where an export was cut off: behind this row, when everything until that moment had been seen. */
interface Place {
  toldUntil: string;
  activeAt: string;
  conversationId: string;
}

function placeOf(cursor: string): Place | undefined {
  const parts = decodeCursor(cursor, 3);
  return parts && { toldUntil: String(parts[0]), activeAt: String(parts[1]), conversationId: String(parts[2]) };
}

interface From {
  trx: Trx;
  workspaceId: string;
  agentId: string;
}

/** By the times of the rows themselves: the clocks of those who wrote them may differ from this one. */
async function almostNewest({ trx, workspaceId }: From): Promise<string> {
  const newest = await trx
    .selectFrom('conversation.activity')
    .select('active_at')
    .where('workspace_id', '=', workspaceId)
    .orderBy('active_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return new Date(Math.max(0, (newest?.active_at.getTime() ?? 0) - overlapMs)).toISOString();
}

interface Row {
  view: ConversationView & { row: ConversationRow };
  active_at: Date;
}

interface Range {
  after?: Place;
  /** Nothing of this moment or before. */
  until?: string;
}

async function* pages({ trx, workspaceId, agentId }: From, range: Range): AsyncGenerator<Row[]> {
  let after = range.after && { activeAt: range.after.activeAt, conversationId: range.after.conversationId };
  for (;;) {
    let query = trx
      .selectFrom('conversation.activity as a')
      .innerJoin('conversation.conversation as c', 'c.conversation_id', 'a.conversation_id')
      .selectAll('c')
      .select(['a.active_at', optedOut.as('opted_out')])
      .where('a.workspace_id', '=', workspaceId)
      .where('c.agent_id', '=', agentId)
      .orderBy('a.active_at', 'desc')
      .orderBy('a.conversation_id', 'desc')
      .limit(conversationsAtOnce);
    if (after)
      query = query.where(sql<boolean>`(a.active_at, a.conversation_id) < (${after.activeAt}::timestamptz, ${after.conversationId})`);
    if (range.until !== undefined) query = query.where(sql<boolean>`a.active_at > ${range.until}::timestamptz`);
    const found = await query.execute();
    const contacts = await contactsOf(trx, found);
    yield found.map(({ opted_out, active_at, ...row }) => ({
      active_at,
      view: { row, optedOut: opted_out, contact: contacts.get(row.contact_id) },
    }));
    const last = found.at(-1);
    if (!last || found.length < conversationsAtOnce) return;
    after = { activeAt: last.active_at.toISOString(), conversationId: last.conversation_id };
  }
}

async function* alone(rows: Row[], cursorOf: (row: Row) => string): AsyncGenerator<ExportPiece> {
  for (const row of rows) yield { view: row.view, messages: [], cursor: cursorOf(row) };
}

/** Several small conversations' messages with one query, a large one's in portions. */
async function* withMessages(trx: Trx, rows: Row[], cursorOf: (row: Row) => string): AsyncGenerator<ExportPiece> {
  for (const group of grouped(rows)) {
    const ids = group.map((row) => row.view.row.conversation_id);
    if (group.length > 1) {
      const messages = Map.groupBy(await messagesOf(trx, ids, { after: 0 }), (message) => message.conversation_id);
      for (const [i, row] of group.entries()) yield { view: row.view, messages: messages.get(ids[i]!) ?? [], cursor: cursorOf(row) };
      continue;
    }
    const [row] = group as [Row];
    for (let after = 0, first = true; ; first = false) {
      const messages = await messagesOf(trx, ids, { after, limit: messagesAtOnce });
      const complete = messages.length < messagesAtOnce;
      yield { view: first ? row.view : undefined, messages, cursor: complete ? cursorOf(row) : '' };
      if (complete) break;
      after = messages.at(-1)!.sequence;
    }
  }
}

function* grouped(rows: Row[]): Generator<Row[]> {
  let group: Row[] = [];
  let messages = 0;
  for (const row of rows) {
    const more = row.view.row.message_count;
    if (group.length > 0 && messages + more > messagesAtOnce) {
      yield group;
      [group, messages] = [[], 0];
    }
    group.push(row);
    messages += more;
  }
  if (group.length > 0) yield group;
}

function messagesOf(trx: Trx, conversationIds: string[], o: { after: number; limit?: number }): Promise<MessageRow[]> {
  let query = trx
    .selectFrom('conversation.message')
    .selectAll()
    .where('conversation_id', 'in', conversationIds)
    .where('sequence', '>', o.after)
    .orderBy('conversation_id')
    .orderBy('sequence');
  if (o.limit !== undefined) query = query.limit(o.limit);
  return query.execute();
}
