import type { ListAgentsRequest, ListAgentsResponse } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { DirectoryDeps } from '../../commands/directory.ts';
import { decodeCursor, page } from '../../store/cursor.ts';
import { agentToWire } from '../../wire/directory.ts';
import { pageSize } from '../../wire/page.ts';

/** Newest first. */
export async function handleListAgents({ store }: DirectoryDeps, request: ListAgentsRequest): Promise<ListAgentsResponse> {
  const size = pageSize(request.pageSize);
  const from = decodeCursor(request.cursor, 1);
  const found = await inWorkspaces(store.db, [request.workspaceId], (trx) => {
    let query = trx
      .selectFrom('conversation.agent')
      .selectAll()
      .where('workspace_id', '=', request.workspaceId)
      .where('deleted_at', 'is', null)
      .orderBy('agent_id', 'desc')
      .limit(size + 1);
    if (request.enabled !== undefined) query = query.where('enabled', '=', request.enabled);
    if (from) query = query.where('agent_id', '<', String(from[0]));
    return query.execute();
  });
  const { rows, next } = page(found, size, (row) => [row.agent_id]);
  return { agents: rows.map(agentToWire), nextCursor: next };
}
