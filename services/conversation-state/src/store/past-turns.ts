import { lowestId } from '@baton/contracts/ids.ts';
import { readWorkspace } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { sql } from 'kysely';
import { erasedThread } from '../domain/contact/erased.ts';
import type { AgentRow, ContactRow, ConversationRow, DispatchRow, MessageRow } from '../domain/rows.ts';
import type { HistoryMessage } from '../turns/begin-turns.ts';
import { findAgent } from './directory.ts';
import type { Store } from './store.ts';

/** Turns that are over, read for replays. */

export interface PastTurnQuery {
  agentId: string | undefined;
  /** Empty: all of the agent's. */
  conversationIds: string[];
  since: Date | undefined;
  until: Date | undefined;
  limit: number;
  /** Also those that an AI was not asked. */
  includeHuman: boolean;
}

export type PlannedTurn = Pick<DispatchRow, 'conversation_id' | 'dispatch_id' | 'agent_id'>;

/** An AI was asked in these, although its reply did not go out by itself. */
const askedAllTheSame = ['stale_epoch', 'approval_required'];
/** A word that Baton itself answers is no question. */
const neverAsked = ['opted_out', 'opt_in_keyword'];

/** The newest that fit, oldest first, and the agent where one is named. A superseded turn is not one: what it was about is the next one's. */
export function planTurns(
  store: Store,
  workspaceId: string,
  o: PastTurnQuery,
): Promise<{ turns: PlannedTurn[]; agent: AgentRow | undefined }> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const agent = o.agentId === undefined ? undefined : await findAgent(trx, o.agentId);
    if (o.conversationIds.length > 0) {
      const rows = await trx
        .selectFrom('conversation.conversation')
        .select('conversation_id')
        .where('conversation_id', 'in', o.conversationIds)
        .execute();
      const known = new Set(rows.map((row) => row.conversation_id));
      const missing = o.conversationIds.find((id) => !known.has(id));
      if (missing !== undefined) throw notFound('conversation', missing);
    }
    let query = trx
      .selectFrom('conversation.dispatch as d')
      .innerJoin('conversation.conversation as c', 'c.conversation_id', 'd.conversation_id')
      .select(['d.conversation_id', 'd.dispatch_id', 'd.agent_id'])
      .where('d.outcome', 'in', ['replied', 'silent', 'handed_off', 'failed', 'suppressed'])
      .where(sql<boolean>`c.remote_address <> ${erasedThread('')} || c.conversation_id`)
      .orderBy('d.dispatch_id', 'desc')
      .limit(o.limit);
    query = o.includeHuman
      ? query.where((eb) => eb.or([eb('d.reason', 'is', null), eb('d.reason', 'not in', neverAsked)]))
      : query.where((eb) => eb.or([eb('d.outcome', '<>', 'suppressed'), eb('d.reason', 'in', askedAllTheSame)]));
    if (o.agentId !== undefined) query = query.where('d.agent_id', '=', o.agentId);
    if (o.conversationIds.length > 0) query = query.where('d.conversation_id', 'in', o.conversationIds);
    if (o.since) query = query.where('d.dispatch_id', '>=', lowestId('dispatch', o.since));
    if (o.until) query = query.where('d.dispatch_id', '<', lowestId('dispatch', o.until));
    return { turns: (await query.execute()).reverse(), agent };
  });
}

export interface PastTurn {
  dispatch: DispatchRow;
  conversation: ConversationRow;
  contact: ContactRow | undefined;
  /** Up to what the turn was about, oldest first. */
  history: HistoryMessage[];
}

/** As its backend saw it, and would see it now: of the history what had been said by then. undefined: nothing is left to ask. */
export function findPastTurn(store: Store, workspaceId: string, dispatchId: string): Promise<PastTurn | undefined> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const dispatch = await trx.selectFrom('conversation.dispatch').selectAll().where('dispatch_id', '=', dispatchId).executeTakeFirst();
    if (!dispatch || dispatch.message_ids.length === 0) return undefined;
    const conversation = await trx
      .selectFrom('conversation.conversation')
      .selectAll()
      .where('conversation_id', '=', dispatch.conversation_id)
      .executeTakeFirstOrThrow();
    const agent = await findAgent(trx, dispatch.agent_id, { alsoDeleted: true });
    const last = await trx
      .selectFrom('conversation.message')
      .select(['sequence', 'channel'])
      .where('message_id', 'in', dispatch.message_ids)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!last) return undefined;
    const history = await trx
      .selectFrom('conversation.message')
      .select(['message_id', 'conversation_id', 'sequence', 'author', 'text', 'attachments', 'created_at'])
      .where('conversation_id', '=', dispatch.conversation_id)
      .where('status', 'not in', ['cancelled', 'failed'])
      .where('sequence', '<=', last.sequence)
      .orderBy('sequence', 'desc')
      .limit(agent.history_limit)
      .execute();
    const contact = await trx
      .selectFrom('conversation.contact')
      .selectAll()
      .where('contact_id', '=', conversation.contact_id)
      .executeTakeFirst();
    // The conversation's channel is that of its latest message.
    return { dispatch, conversation: { ...conversation, channel: last.channel }, contact, history: history.reverse() };
  });
}

export interface AnsweredTurn {
  dispatch: DispatchRow;
  asked: MessageRow[];
  answered: MessageRow[];
}

/** What customers wrote in these turns, and what was said to them: the turns' own replies, and what people wrote before the customer did again. */
export function listAnsweredTurns(store: Store, workspaceId: string, dispatchIds: string[]): Promise<AnsweredTurn[]> {
  if (dispatchIds.length === 0) return Promise.resolve([]);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const dispatches = await trx.selectFrom('conversation.dispatch').selectAll().where('dispatch_id', 'in', dispatchIds).execute();
    const named = dispatches.flatMap((row) => [...row.message_ids, ...row.reply_message_ids]);
    const messages =
      named.length > 0 ? await trx.selectFrom('conversation.message').selectAll().where('message_id', 'in', named).execute() : [];
    const { rows: people } = await sql<MessageRow & { answers: string }>`
      select d.dispatch_id as answers, m.* from conversation.dispatch d,
      lateral (select max(a.sequence) as sequence from conversation.message a where a.message_id = any(d.message_ids)) asked,
      lateral (select min(n.sequence) as sequence from conversation.message n
               where n.conversation_id = d.conversation_id and n.author = 'contact' and n.sequence > asked.sequence) again,
      lateral (select * from conversation.message m
               where m.conversation_id = d.conversation_id and m.author = 'human' and m.sequence > asked.sequence
               and (again.sequence is null or m.sequence < again.sequence) order by m.sequence limit 20) m
      where d.dispatch_id = any(${dispatchIds})`.execute(trx);
    const byId = new Map(messages.map((row) => [row.message_id, row]));
    const byPeople = Map.groupBy(people, (row) => row.answers);
    const order = new Map(dispatchIds.map((id, at) => [id, at]));
    return dispatches
      .map((dispatch) => ({
        dispatch,
        asked: inOrder(dispatch.message_ids.map((id) => byId.get(id))),
        answered: inOrder([...dispatch.reply_message_ids.map((id) => byId.get(id)), ...(byPeople.get(dispatch.dispatch_id) ?? [])]),
      }))
      .sort((a, b) => (order.get(a.dispatch.dispatch_id) ?? 0) - (order.get(b.dispatch.dispatch_id) ?? 0));
  });
}

/** Each once: a suggestion that a person sent is the turn's reply and theirs. */
function inOrder(rows: (MessageRow | undefined)[]): MessageRow[] {
  const found = new Map(rows.filter((row) => row !== undefined).map((row) => [row.message_id, row]));
  return [...found.values()].sort((a, b) => a.sequence - b.sequence);
}
