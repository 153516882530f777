import { createHash } from 'node:crypto';
import type { CreateWorkspaceRequest, Workspace } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { idFromUuid, newId } from '@baton/contracts/ids.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import type { WorkspaceRow } from '../../domain/rows.ts';
import { workspaceToWire } from '../../wire/directory.ts';

/** A new tenant. A command id makes the workspace's own id, so the same command twice makes one workspace. */
export async function handleCreateWorkspace({ store }: DirectoryDeps, request: CreateWorkspaceRequest): Promise<Workspace> {
  const name = request.name.trim();
  if (name === '' || name.length > 200) throw invalidField('/name', 'must have 1 to 200 characters');
  const workspaceId = request.commandId === '' ? newId('workspace') : idOfCommand(request.commandId);
  const row: WorkspaceRow = { workspace_id: workspaceId, name, partner_id: request.partnerId || null, created_at: store.now() };
  const find = async (trx: Parameters<Parameters<typeof changeDirectory>[2]['write']>[0]) => ({
    kind: 'workspace' as const,
    row: await trx.selectFrom('conversation.workspace').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirstOrThrow(),
  });
  const stored = await changeDirectory(
    store,
    { workspaceId, commandId: request.commandId },
    {
      write: async (trx) => {
        await trx
          .insertInto('conversation.workspace')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return find(trx);
      },
      again: find,
      idOf: (entry) => entry.row.workspace_id,
    },
  );
  return workspaceToWire(stored);
}

/** The prefix of a UUIDv7 is a time; here it is the hash's, which only costs the sort order of these ids. */
function idOfCommand(commandId: string): string {
  const hex = createHash('sha256').update(`workspace:${commandId}`).digest('hex').slice(0, 32);
  return idFromUuid('workspace', hex);
}
