import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { type App, type Deps, partnerOf } from '../../context.ts';
import { CreatedApiKey, CreatePartnerKey } from '../../schemas/access.ts';
import { NoQuery } from '../../schemas/common.ts';
import { getKey, insertKey } from '../../store/key-management.ts';
import { installationPartnerId } from '../../store/migrate-access.ts';
import { apiKeyJson, expiryOf } from '../../wire/access.ts';
import { newSecret } from './new-secret.ts';

const schema = {
  operationId: 'createPartnerKey',
  summary: 'Make a partner key',
  description: 'It reaches every workspace of its partner. Shown this once.',
  tags: ['Access'],
  querystring: NoQuery,
  body: CreatePartnerKey,
  response: { 201: CreatedApiKey },
};

export function createPartnerKey(app: App, deps: Deps): void {
  app.post('/v1/partner-keys', { schema, config: { auth: { scope: 'admin', workspace: 'none' } } }, async (request, reply) => {
    const { name, scopes, mode = 'live', expires_at, new_partner = false } = request.body;
    const caller = partnerOf(request);
    if (new_partner && caller !== installationPartnerId)
      throw new BatonError('forbidden', 'Only the partner that the installation itself is makes other partners.');
    const partnerId = new_partner ? newId('partner') : caller;
    const { apiKey, hash, hint } = newSecret(mode);
    const expiresAt = expiryOf(expires_at, Date.now()) ?? null;
    const { commandId } = request;
    const keyId = await insertKey(deps.db, { keyId: newId('apiKey'), partnerId, name, hash, hint, scopes, expiresAt, commandId });
    return reply.code(201).send({ ...apiKeyJson(await getKey(deps.db, partnerId, keyId)), api_key: apiKey });
  });
}
