import type { ListWorkspacesRequest, ListWorkspacesResponse } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type pg from 'pg';
import type { WorkspaceRow } from '../../domain/rows.ts';
import { decodeCursor, page } from '../../store/cursor.ts';
import { workspaceToWire } from '../../wire/directory.ts';
import { pageSize } from '../../wire/page.ts';

/** Across tenants, and so with the system's role: the one list that is a partner's and no workspace's. */
export async function handleListWorkspaces(
  { systemPool }: { systemPool: pg.Pool },
  request: ListWorkspacesRequest,
): Promise<ListWorkspacesResponse> {
  if (request.partnerId === '') throw invalidField('partner_id', 'is missing');
  const size = pageSize(request.pageSize);
  const [at, id] = decodeCursor(request.cursor, 2) ?? [null, null];
  const found = await systemPool.query<WorkspaceRow>(
    `select * from conversation.workspace
     where partner_id = $1 and ($2::timestamptz is null or (created_at, workspace_id) < ($2::timestamptz, $3::text))
     order by created_at desc, workspace_id desc limit $4`,
    [request.partnerId, at, id, size + 1],
  );
  const { rows, next } = page(found.rows, size, (row) => [row.created_at.toISOString(), row.workspace_id]);
  return { workspaces: rows.map(workspaceToWire), nextCursor: next };
}
