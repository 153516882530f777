import { type App, type Deps, workspaceOf } from '../../context.ts';
import { ApiKeyList, KeyListQuery } from '../../schemas/access.ts';
import { listKeys } from '../../store/key-management.ts';
import { apiKeyJson } from '../../wire/access.ts';

const schema = {
  operationId: 'listApiKeys',
  summary: 'List API keys',
  description: 'Newest first, without those that are revoked.',
  tags: ['Access'],
  querystring: KeyListQuery,
  response: { 200: ApiKeyList },
};

export function listApiKeys(app: App, deps: Deps): void {
  app.get('/v1/api-keys', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const { page_size: size = 50, page_token, include_revoked: includeRevoked = false } = request.query;
    const before = deps.pageTokens.open(request, page_token);
    const { keys, next } = await listKeys(deps.db, workspaceOf(request), { size, before, includeRevoked });
    return { api_keys: keys.map(apiKeyJson), next_page_token: deps.pageTokens.sign(request, next) };
  });
}
