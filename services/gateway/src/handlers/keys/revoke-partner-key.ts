import { BatonError } from '@baton/errors/baton-error.ts';
import { Type } from 'typebox';
import { type App, type Deps, partnerOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { ApiKey } from '../../schemas/access.ts';
import { ForceQuery, Id } from '../../schemas/common.ts';
import { revokeKey } from '../../store/key-management.ts';
import { bootstrapKeyId } from '../../store/migrate-access.ts';
import { apiKeyJson } from '../../wire/access.ts';

const schema = {
  operationId: 'revokePartnerKey',
  summary: 'Revoke a partner key for good',
  description:
    'The last one with the scope `admin` is kept (`last_admin_key`) unless forced. The key from `BATON_PARTNER_KEY_BOOTSTRAP` ends when that variable does.',
  tags: ['Access'],
  params: Type.Object({ partner_key_id: Id('key') }),
  querystring: ForceQuery,
  response: { 200: ApiKey },
};

export function revokePartnerKey(app: App, deps: Deps): void {
  app.delete('/v1/partner-keys/:partner_key_id', { schema, config: { auth: { scope: 'admin', workspace: 'none' } } }, async (request) => {
    const owner = partnerOf(request);
    const keyId = requireId('apiKey', 'API key', request.params.partner_key_id);
    if (keyId === bootstrapKeyId)
      throw new BatonError('conflict', 'This key comes from the configuration and would be back after a restart; take it out there.');
    const key = await revokeKey(deps.db, { owner, keyId, force: request.query.force ?? false });
    await deps.accessChanges.announce(keyId);
    return apiKeyJson(key);
  });
}
