import { randomBytes } from 'node:crypto';
import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { type App, callerOf, type Deps } from '../../context.ts';
import { apiKeyOf, scopes, secretBytes, secretHash } from '../../domain/api-key.ts';
import type { Events } from '../../events.ts';
import { NoQuery } from '../../schemas/common.ts';
import { CreatedWorkspace, CreateWorkspace } from '../../schemas/configuration.ts';
import { insertKey } from '../../store/api-keys.ts';

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
    const { partnerId } = callerOf(request);
    if (partnerId === undefined) throw new BatonError('forbidden', 'Only a partner key makes workspaces.');
    const workspace = await deps.directory.createWorkspace({ name: request.body.name, partnerId, commandId: request.commandId });
    const apiKey = apiKeyOf('live', randomBytes(secretBytes));
    await insertKey(deps.db, {
      keyId: newId('apiKey'),
      workspaceId: workspace.workspaceId,
      name: 'first key',
      hash: secretHash(apiKey),
      scopes: [...scopes],
    });
    events.workspaceCreated(workspace.workspaceId);
    return reply.code(201).send({ workspace_id: workspace.workspaceId, name: workspace.name, api_key: apiKey });
  });
}
