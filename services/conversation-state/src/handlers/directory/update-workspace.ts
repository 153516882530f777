import type { UpdateWorkspaceRequest, Workspace } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { invalidField, notFound } from '@baton/errors/baton-error.ts';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import { contextFromWire } from '../../wire/context.ts';
import { workspaceToWire } from '../../wire/directory.ts';

export async function handleUpdateWorkspace({ store }: DirectoryDeps, request: UpdateWorkspaceRequest): Promise<Workspace> {
  const context = contextFromWire(request.context);
  const name = request.name.trim();
  if (name === '' || name.length > 200) throw invalidField('/name', 'must have 1 to 200 characters');
  const { workspaceId } = context;
  const stored = await changeDirectory(store, context, {
    write: async (trx) => ({
      kind: 'workspace' as const,
      row: await trx
        .updateTable('conversation.workspace')
        .set({ name })
        .where('workspace_id', '=', workspaceId)
        .returningAll()
        .executeTakeFirstOrThrow(() => notFound('workspace', workspaceId)),
    }),
    again: async (trx) => ({
      kind: 'workspace' as const,
      row: await trx.selectFrom('conversation.workspace').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirstOrThrow(),
    }),
    idOf: (entry) => entry.row.workspace_id,
  });
  return workspaceToWire(stored);
}
