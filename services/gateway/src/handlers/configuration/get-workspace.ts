import { notFound } from '@baton/errors/baton-error.ts';
import { Type } from 'typebox';
import { type App, callerOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Workspace } from '../../schemas/configuration.ts';
import { isoOrNull } from '../../wire/time.ts';

const schema = {
  operationId: 'getWorkspace',
  summary: 'Get a workspace',
  tags: ['Configuration'],
  params: Type.Object({ workspace_id: Id('acc') }),
  querystring: NoQuery,
  response: { 200: Workspace },
};

export function getWorkspace(app: App, deps: Deps): void {
  app.get('/v1/workspaces/:workspace_id', { schema, config: { auth: { scope: 'read', workspace: 'none' } } }, async (request) => {
    const workspaceId = requireId('workspace', 'workspace', request.params.workspace_id);
    const caller = callerOf(request);
    if (caller.workspaceId !== undefined && caller.workspaceId !== workspaceId) throw notFound('workspace', workspaceId);
    const workspace = await deps.directory.getWorkspace({ workspaceId });
    if (caller.partnerId !== undefined && workspace.partnerId !== caller.partnerId) throw notFound('workspace', workspaceId);
    return { workspace_id: workspace.workspaceId, name: workspace.name, created_at: isoOrNull(workspace.createdAt) };
  });
}
