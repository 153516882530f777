import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Workspace } from '../../schemas/configuration.ts';
import { workspaceJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'getWorkspace',
  summary: 'Get a workspace',
  tags: ['Configuration'],
  params: Type.Object({ workspace_id: Id('acc') }),
  querystring: NoQuery,
  response: { 200: Workspace },
};

export function getWorkspace(app: App, deps: Deps): void {
  app.get('/v1/workspaces/:workspace_id', { schema, config: { auth: { scope: 'read', workspace: 'path' } } }, async (request) =>
    workspaceJson(await deps.directory.getWorkspace({ workspaceId: workspaceOf(request) })),
  );
}
