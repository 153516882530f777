import { readCanonical } from '@baton/channels/canonical/read.ts';
import { isId } from '@baton/contracts/ids.ts';
import { invalidField, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyInstance } from 'fastify';
import type { Directory } from '../directory.ts';
import type { Events } from '../events.ts';
import type { Gate } from '../http/gate.ts';
import { requireServiceToken } from '../http/service-token.ts';
import { storeAccepted } from '../http/store-accepted.ts';
import { usableAccount } from '../http/usable-account.ts';
import type { Publisher } from '../publisher.ts';

export interface AppendMessageDeps {
  store(): { directory: Directory; publisher: Publisher } | undefined;
  events: Events;
  gate: Gate;
  serviceToken: string;
}

type Params = { Params: { channelAccountId: string; agentId: string } };

/**
 * `POST /internal/channel-accounts/{id}/agents/{id}/messages`: what a customer wrote, told by a program instead of the provider; for the gateway alone. From
 * here on it is a message like any other. The body is one of the provider `http`; the agent is that of the thread, for which the account may answer no more.
 */
export async function appendMessage(app: FastifyInstance, deps: AppendMessageDeps): Promise<void> {
  // Read by the reader of canonical messages, limits and all.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    deps.gate.enter(request, reply);
    requireServiceToken(request, deps.serviceToken);
  });
  app.post<Params & { Body: Buffer | undefined }>(
    '/internal/channel-accounts/:channelAccountId/agents/:agentId/messages',
    async (request, reply) => {
      const { channelAccountId, agentId } = request.params;
      if (!isId('agent', agentId)) throw notFound('agent', agentId);
      const { provider, account } = await usableAccount(deps.store()?.directory, channelAccountId);
      const parsed = readCanonical(provider, request.body ?? Buffer.alloc(0), { ...account, agentId }, new Date());
      if (parsed.messages.length !== 1 || parsed.receipts.length > 0) throw invalidField('', 'must be one message');
      await storeAccepted({ publisher: deps.store()!.publisher, events: deps.events }, { provider, channelAccountId }, parsed);
      return reply.code(202).send({ accepted: 1 });
    },
  );
}
