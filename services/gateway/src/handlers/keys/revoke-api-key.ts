import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { ApiKey } from '../../schemas/access.ts';
import { ForceQuery, Id } from '../../schemas/common.ts';
import { revokeKey } from '../../store/key-management.ts';
import { apiKeyJson } from '../../wire/access.ts';

const schema = {
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key for good',
  description:
    'It stays on record. Once this is answered the key is refused, also by the other instances, at the latest after a second; its open streams end within 15 ' +
    'seconds. The last key with the scope `admin` is kept (`last_admin_key`) unless forced.',
  tags: ['Access'],
  params: Type.Object({ api_key_id: Id('key') }),
  querystring: ForceQuery,
  response: { 200: ApiKey },
};

export function revokeApiKey(app: App, deps: Deps): void {
  app.delete('/v1/api-keys/:api_key_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const keyId = requireId('apiKey', 'API key', request.params.api_key_id);
    const key = await revokeKey(deps.db, { owner: workspaceOf(request), keyId, force: request.query.force ?? false });
    await deps.accessChanges.announce(keyId);
    return apiKeyJson(key);
  });
}
