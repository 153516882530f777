import { newId } from '@baton/contracts/ids.ts';
import { type App, type Deps, partnerOf } from '../../context.ts';
import { scopes } from '../../domain/api-key.ts';
import type { Events } from '../../events.ts';
import { NoQuery } from '../../schemas/common.ts';
import { CreatedWorkspace, CreateWorkspace } from '../../schemas/configuration.ts';
import { insertKey } from '../../store/key-management.ts';
import { newSecret } from '../keys/new-secret.ts';

const schema = {
  operationId: 'createWorkspace',
  summary: 'Make a workspace and its first key',
  description: 'Needs a partner key. The API key is shown this once.',
  tags: ['Configuration'],
  querystring: NoQuery,
  body: CreateWorkspace,
  response: { 201: CreatedWorkspace },
};

export function createWorkspace(app: App, deps: Deps, events: Events): void {
  app.post('/v1/workspaces', { schema, config: { auth: { scope: 'admin', workspace: 'none' } } }, async (request, reply) => {
    const partnerId = partnerOf(request);
    const { commandId } = request;
    const workspace = await deps.directory.createWorkspace({ name: request.body.name, partnerId, commandId });
    const { workspaceId } = workspace;
    const { apiKey, hash, hint } = newSecret('live');
    await insertKey(deps.db, { keyId: newId('apiKey'), workspaceId, name: 'first key', hash, hint, scopes: [...scopes], commandId });
    events.workspaceCreated(workspaceId);
    return reply.code(201).send({ workspace_id: workspaceId, name: workspace.name, api_key: apiKey });
  });
}
