import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { CreatedApiKey, RotateApiKey } from '../../schemas/access.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { getKey, rotateKey } from '../../store/key-management.ts';
import { apiKeyJson } from '../../wire/access.ts';
import { newSecret } from './new-secret.ts';

const schema = {
  operationId: 'rotateApiKey',
  summary: 'Give an API key a new secret',
  description:
    'The key keeps its id, name, scopes, rate and `Idempotency-Key`s. The present secret stays valid for `overlap_seconds` (a day by default), so that clients ' +
    'can be changed one after the other.',
  tags: ['Access'],
  params: Type.Object({ api_key_id: Id('key') }),
  querystring: NoQuery,
  body: RotateApiKey,
  response: { 201: CreatedApiKey },
};

export function rotateApiKey(app: App, deps: Deps): void {
  app.post(
    '/v1/api-keys/:api_key_id/rotate',
    { schema, config: { auth: { scope: 'admin' }, optionalBody: true } },
    async (request, reply) => {
      const keyId = requireId('apiKey', 'API key', request.params.api_key_id);
      const owner = workspaceOf(request);
      const { hint: before } = await getKey(deps.db, owner, keyId);
      const { apiKey, hash, hint } = newSecret(before.startsWith('pk_test_') ? 'test' : 'live');
      const key = await rotateKey(deps.db, { owner, keyId }, { hash, hint, overlapSeconds: request.body.overlap_seconds ?? 86_400 });
      await deps.accessChanges.announce(keyId);
      return reply.code(201).send({ ...apiKeyJson(key), api_key: apiKey });
    },
  );
}
