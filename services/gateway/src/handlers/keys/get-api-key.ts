import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { ApiKey } from '../../schemas/access.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { getKey } from '../../store/key-management.ts';
import { apiKeyJson } from '../../wire/access.ts';

const schema = {
  operationId: 'getApiKey',
  summary: 'Get an API key, without its secret',
  tags: ['Access'],
  params: Type.Object({ api_key_id: Id('key') }),
  querystring: NoQuery,
  response: { 200: ApiKey },
};

export function getApiKey(app: App, deps: Deps): void {
  app.get('/v1/api-keys/:api_key_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const keyId = requireId('apiKey', 'API key', request.params.api_key_id);
    return apiKeyJson(await getKey(deps.db, workspaceOf(request), keyId));
  });
}
