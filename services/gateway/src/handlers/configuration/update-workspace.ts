import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { UpdateWorkspace, Workspace } from '../../schemas/configuration.ts';
import { workspaceJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'updateWorkspace',
  summary: 'Rename a workspace',
  tags: ['Configuration'],
  params: Type.Object({ workspace_id: Id('acc') }),
  querystring: NoQuery,
  body: UpdateWorkspace,
  response: { 200: Workspace },
};

export function updateWorkspace(app: App, deps: Deps): void {
  app.patch('/v1/workspaces/:workspace_id', { schema, config: { auth: { scope: 'admin', workspace: 'path' } } }, async (request) =>
    workspaceJson(await deps.directory.updateWorkspace({ context: commandOf(request), name: request.body.name })),
  );
}
