import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { ApiKey, UpdateApiKey } from '../../schemas/access.ts';
import { ForceQuery, Id } from '../../schemas/common.ts';
import { changeKey } from '../../store/key-management.ts';
import { apiKeyJson, expiryOf } from '../../wire/access.ts';

const schema = {
  operationId: 'updateApiKey',
  summary: 'Change name, scopes or expiry of an API key',
  description: 'Counts for the next request. Taking `admin` from the last key that has it is refused (`last_admin_key`) unless forced.',
  tags: ['Access'],
  params: Type.Object({ api_key_id: Id('key') }),
  querystring: ForceQuery,
  body: UpdateApiKey,
  response: { 200: ApiKey },
};

export function updateApiKey(app: App, deps: Deps): void {
  app.patch('/v1/api-keys/:api_key_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const keyId = requireId('apiKey', 'API key', request.params.api_key_id);
    const { name, scopes, expires_at } = request.body;
    const key = await changeKey(
      deps.db,
      { owner: workspaceOf(request), keyId, force: request.query.force ?? false },
      { name, scopes, expiresAt: expiryOf(expires_at, Date.now()) },
    );
    await deps.accessChanges.announce(keyId);
    return apiKeyJson(key);
  });
}
