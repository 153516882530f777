import { readWorkspace } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { sql } from 'kysely';
import type { CannedReplyRow } from '../../domain/inbox/rows.ts';
import { decodeCursor, page } from '../cursor.ts';
import type { Store } from '../store.ts';

interface Paging {
  size: number;
  cursor: string;
}

/** By shortcut. */
export function listCannedReplies(
  store: Store,
  workspaceId: string,
  o: Paging & { query?: string; language?: string; tag?: string },
): Promise<{ rows: CannedReplyRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    let query = trx
      .selectFrom('conversation.canned_reply')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .orderBy('shortcut')
      .limit(o.size + 1);
    if (o.query !== undefined) {
      const pattern = `%${o.query.replaceAll(/[\\%_]/g, '\\$&')}%`;
      query = query.where(
        sql<boolean>`conversation.search_fold(concat_ws(E'\n', shortcut, title, text)) like conversation.search_fold(${pattern})`,
      );
    }
    if (o.language !== undefined) query = query.where(sql<boolean>`lower(language) = lower(${o.language})`);
    if (o.tag !== undefined) query = query.where(sql<boolean>`${o.tag} = any(tags)`);
    if (from) query = query.where('shortcut', '>', String(from[0]));
    return page(await query.execute(), o.size, (row) => [row.shortcut]);
  });
}

export async function getCannedReply(store: Store, workspaceId: string, id: string): Promise<CannedReplyRow> {
  const row = await readWorkspace(store.db, workspaceId, (trx) =>
    trx.selectFrom('conversation.canned_reply').selectAll().where('canned_reply_id', '=', id).executeTakeFirst(),
  );
  if (!row) throw notFound('canned reply', id);
  return row;
}

/** By name. As many entries of the index are read as the page's tags have conversations. */
export function listTags(
  store: Store,
  workspaceId: string,
  o: Paging,
): Promise<{ rows: { tag: string; conversations: number }[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    let query = trx
      .selectFrom('conversation.conversation_tag')
      .select(['tag', sql<number>`count(*)::int`.as('conversations')])
      .where('workspace_id', '=', workspaceId)
      .groupBy('tag')
      .orderBy('tag')
      .limit(o.size + 1);
    if (from) query = query.where('tag', '>', String(from[0]));
    return page(await query.execute(), o.size, (row) => [row.tag]);
  });
}
