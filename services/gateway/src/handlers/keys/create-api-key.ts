import { newId } from '@baton/contracts/ids.ts';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { CreateApiKey, CreatedApiKey } from '../../schemas/access.ts';
import { NoQuery } from '../../schemas/common.ts';
import { getKey, insertKey } from '../../store/key-management.ts';
import { apiKeyJson, expiryOf } from '../../wire/access.ts';
import { newSecret } from './new-secret.ts';

const schema = {
  operationId: 'createApiKey',
  summary: 'Make an API key',
  description: 'The key is shown this once; only its SHA-256 is kept.',
  tags: ['Access'],
  querystring: NoQuery,
  body: CreateApiKey,
  response: { 201: CreatedApiKey },
};

export function createApiKey(app: App, deps: Deps): void {
  app.post('/v1/api-keys', { schema, config: { auth: { scope: 'admin' } } }, async (request, reply) => {
    const { name, scopes, mode = 'live', expires_at } = request.body;
    const workspaceId = workspaceOf(request);
    const { apiKey, hash, hint } = newSecret(mode);
    const expiresAt = expiryOf(expires_at, Date.now()) ?? null;
    const { commandId } = request;
    const keyId = await insertKey(deps.db, { keyId: newId('apiKey'), workspaceId, name, hash, hint, scopes, expiresAt, commandId });
    return reply.code(201).send({ ...apiKeyJson(await getKey(deps.db, workspaceId, keyId)), api_key: apiKey });
  });
}
