import type { GetWorkspaceRequest, Workspace } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import type { DirectoryDeps } from '../../commands/directory.ts';
import { workspaceToWire } from '../../wire/directory.ts';

export async function handleGetWorkspace({ store }: DirectoryDeps, request: GetWorkspaceRequest): Promise<Workspace> {
  const row = await inWorkspaces(store.db, [request.workspaceId], (trx) =>
    trx.selectFrom('conversation.workspace').selectAll().where('workspace_id', '=', request.workspaceId).executeTakeFirst(),
  );
  if (!row) throw notFound('workspace', request.workspaceId);
  return workspaceToWire(row);
}
