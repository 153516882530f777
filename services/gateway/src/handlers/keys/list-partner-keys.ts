import { type App, type Deps, partnerOf } from '../../context.ts';
import { ApiKeyList, KeyListQuery } from '../../schemas/access.ts';
import { listKeys } from '../../store/key-management.ts';
import { apiKeyJson } from '../../wire/access.ts';

const schema = {
  operationId: 'listPartnerKeys',
  summary: 'List the keys of your partner account',
  description: 'Newest first, without those that are revoked.',
  tags: ['Access'],
  querystring: KeyListQuery,
  response: { 200: ApiKeyList },
};

export function listPartnerKeys(app: App, deps: Deps): void {
  app.get('/v1/partner-keys', { schema, config: { auth: { scope: 'admin', workspace: 'none' } } }, async (request) => {
    const { page_size: size = 50, page_token, include_revoked: includeRevoked = false } = request.query;
    const partnerId = partnerOf(request);
    const before = deps.pageTokens.open(request, page_token);
    const { keys, next } = await listKeys(deps.db, partnerId, { size, before, includeRevoked });
    return { api_keys: keys.map(apiKeyJson), next_page_token: deps.pageTokens.sign(request, next) };
  });
}
