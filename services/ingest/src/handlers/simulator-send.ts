import { isId } from '@baton/contracts/ids.ts';
import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyInstance } from 'fastify';
import type { Directory } from '../directory.ts';
import type { Events } from '../events.ts';
import type { Gate } from '../http/gate.ts';
import { requireServiceToken } from '../http/service-token.ts';
import { knownAccount } from '../http/usable-account.ts';
import type { Publisher } from '../publisher.ts';
import { type PhoneMessage, phoneMessageId, phoneSubject } from '../simulator/phone.ts';
import type { Receipts } from '../simulator/receipts.ts';
import type { Troubles } from '../simulator/troubles.ts';

export interface SimulatorSendDeps {
  store(): { directory: Directory; publisher: Publisher; receipts: Receipts | undefined } | undefined;
  events: Events;
  gate: Gate;
  serviceToken: string;
  troubles: Troubles;
}

type Params = { Params: { channelAccountId: string } };

/** `POST /providers/simulator/{id}/send`: the provider's side of the simulated phone, for the dispatcher alone. The same message_id again changes nothing. */
export async function simulatorSend(app: FastifyInstance, deps: SimulatorSendDeps): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    deps.gate.enter(request, reply);
    requireServiceToken(request, deps.serviceToken);
  });
  app.post<Params>('/providers/simulator/:channelAccountId/send', async (request, reply) => {
    const { channelAccountId } = request.params;
    const store = deps.store();
    if (!store) throw new BatonError('unavailable', 'The message store is not reachable.', { retryAfterSeconds: 1 });
    const known = await knownAccount(store.directory, channelAccountId);
    const account = known.provider === 'simulator' ? known.account() : undefined;
    if (!account) throw notFound('channel account', channelAccountId);
    const message = readSend(request.body);
    const { refused, receiptsLateMs } = deps.troubles.meet({ channelAccountId, to: message.to });
    if (refused)
      return reply.code(400).send({ error: { code: 'simulated_refusal', detail: 'The simulated provider was asked to refuse this.' } });
    try {
      await store.publisher.storeOne({
        subject: phoneSubject(channelAccountId, message.to),
        id: message.message_id,
        data: JSON.stringify(message),
      });
    } catch (error) {
      if (error instanceof BatonError) throw error;
      throw new BatonError('unavailable', 'The message could not be stored; send it again.', { retryAfterSeconds: 1, cause: error });
    }
    const { workspaceId } = account;
    store.receipts?.schedule({ workspaceId, channelAccountId, messageId: message.message_id, lateMs: receiptsLateMs });
    deps.events.simulatorReached(channelAccountId);
    return reply.send({ id: message.id });
  });
}

function readSend(body: unknown): PhoneMessage {
  const { message_id, to, text, attachments } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof message_id !== 'string' || !isId('message', message_id)) throw invalidField('/message_id', 'must be the id of a message');
  if (typeof to !== 'string' || to === '' || to.length > 320) throw invalidField('/to', 'must be an address');
  return {
    id: phoneMessageId(message_id),
    message_id,
    to,
    text: typeof text === 'string' ? text : '',
    sent_at: new Date().toISOString(),
    attachments: Array.isArray(attachments) ? attachments : [],
  };
}
