import { statement } from '@baton/db/pipeline.ts';
import { readWorkspace } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { sql } from 'kysely';
import type { DispatchRow } from '../domain/rows.ts';
import { decodeCursor, page } from './cursor.ts';
import type { Store } from './store.ts';

/** A dispatch with a suggestion, and what has happened in its conversation since. */
export type SuggestionView = DispatchRow & { newer_message: boolean; conversation_epoch: number };

const newerMessage = `exists (
  select 1 from conversation.message m where m.conversation_id = d.conversation_id and m.author = 'contact'
  and m.sequence > (select max(a.sequence) from conversation.message a where a.message_id = any(d.message_ids)))`;

/** Read under the lock of its conversation. */
export const loadSuggestion = statement<DispatchRow & { newer_message: boolean }>(
  'load_suggestion',
  `select d.*, ${newerMessage} as newer_message from conversation.dispatch d where d.dispatch_id = $1`,
  ['due_at', 'deadline_at', 'created_at', 'settled_at'],
);

export interface SuggestionQuery {
  size: number;
  cursor: string;
  status: string;
  conversationId?: string;
  agentId?: string;
}

/** Newest first. */
export function listSuggestions(store: Store, workspaceId: string, o: SuggestionQuery): Promise<{ rows: SuggestionView[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    if (o.conversationId !== undefined) {
      const known = trx.selectFrom('conversation.conversation').select('conversation_id').where('conversation_id', '=', o.conversationId);
      if (!(await known.executeTakeFirst())) throw notFound('conversation', o.conversationId);
    }
    let query = trx
      .selectFrom('conversation.dispatch as d')
      .innerJoin('conversation.conversation as c', 'c.conversation_id', 'd.conversation_id')
      .selectAll('d')
      .select(['c.mode_epoch as conversation_epoch', sql<boolean>`${sql.raw(newerMessage)}`.as('newer_message')])
      .where('d.workspace_id', '=', workspaceId)
      .where('d.suggestion_status', '=', o.status as 'open')
      .orderBy('d.dispatch_id', 'desc')
      .limit(o.size + 1);
    if (o.conversationId !== undefined) query = query.where('d.conversation_id', '=', o.conversationId);
    if (o.agentId !== undefined) query = query.where('d.agent_id', '=', o.agentId);
    if (from) query = query.where('d.dispatch_id', '<', String(from[0]));
    return page(await query.execute(), o.size, (row) => [row.dispatch_id]);
  });
}

/** A turn that has no suggestion is not found either. */
export async function getSuggestion(store: Store, workspaceId: string, dispatchId: string): Promise<SuggestionView> {
  const row = await readWorkspace(store.db, workspaceId, (trx) =>
    trx
      .selectFrom('conversation.dispatch as d')
      .innerJoin('conversation.conversation as c', 'c.conversation_id', 'd.conversation_id')
      .selectAll('d')
      .select(['c.mode_epoch as conversation_epoch', sql<boolean>`${sql.raw(newerMessage)}`.as('newer_message')])
      .where('d.dispatch_id', '=', dispatchId)
      .where('d.suggestion_status', 'is not', null)
      .executeTakeFirst(),
  );
  if (!row) throw notFound('suggestion', dispatchId);
  return row;
}
