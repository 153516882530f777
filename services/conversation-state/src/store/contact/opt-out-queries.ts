import { readWorkspace } from '@baton/db/scope.ts';
import { sql } from 'kysely';
import type { OptOutHistoryRow, OptOutRow } from '../../domain/rows.ts';
import { decodeCursor, page } from '../cursor.ts';
import type { Store } from '../store.ts';

/** Newest first. */
export function listOptOuts(
  store: Store,
  workspaceId: string,
  o: { agentId?: string; address?: string; size: number; cursor: string },
): Promise<{ rows: OptOutRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 3);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    let query = trx
      .selectFrom('conversation.opt_out')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .orderBy('created_at', 'desc')
      .orderBy('agent_id')
      .orderBy('address')
      .limit(o.size + 1);
    if (o.agentId !== undefined) query = query.where('agent_id', '=', o.agentId);
    if (o.address !== undefined) query = query.where('address', '=', o.address);
    if (from)
      query = query.where(
        sql<boolean>`created_at <= ${from[0]}::timestamptz and (created_at < ${from[0]}::timestamptz or (agent_id, address) > (${from[1]}, ${from[2]}))`,
      );
    return page(await query.execute(), o.size, (row) => [row.created_at.toISOString(), row.agent_id, row.address]);
  });
}

export function listOptOutHistory(
  store: Store,
  workspaceId: string,
  o: { agentId: string; address: string; size: number; cursor: string },
): Promise<{ rows: OptOutHistoryRow[]; next: string }> {
  const from = decodeCursor(o.cursor, 1);
  return readWorkspace(store.db, workspaceId, async (trx) => {
    let query = trx
      .selectFrom('conversation.opt_out_history')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('agent_id', '=', o.agentId)
      .where('address', '=', o.address)
      .orderBy('position', 'desc')
      .limit(o.size + 1);
    if (from) query = query.where('position', '<', Number(from[0]));
    return page(await query.execute(), o.size, (row) => [row.position]);
  });
}
