import { invalidField } from '@baton/errors/baton-error.ts';
import type { Static } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireAddress, requireId, requireOwnAddress } from '../../http/parameters.ts';
import { NoQuery } from '../../schemas/common.ts';
import { CreateConversation, CreatedConversation } from '../../schemas/conversation.ts';
import { checkedMetadata, conversationJson } from '../../wire/conversation.ts';
import { contentOf, messageJson } from '../../wire/message.ts';

const schema = {
  operationId: 'createConversation',
  summary: 'Start a conversation from our side',
  description: 'Answers the open conversation between the agent and the address where there is one.',
  tags: ['Conversations'],
  querystring: NoQuery,
  body: CreateConversation,
  response: { 201: CreatedConversation },
};

export function createConversation(app: App, deps: Deps): void {
  app.post('/v1/conversations', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { body } = request;
    const to = remoteAddress(body);
    const content = body.message && contentOf(body.message, '/message');
    const answer = await deps.conversations.createConversation({
      context: commandOf(request),
      agentId: requireId('agent', 'agent', body.agent_id),
      channel: body.channel,
      to,
      from: requireOwnAddress(body.channel, '/from', body.from),
      contact: body.contact && {
        contactId: '',
        name: body.contact.name ?? undefined,
        phone: body.contact.phone ?? undefined,
        email: body.contact.email ?? undefined,
        attributes: checkedMetadata(body.contact.attributes, '/contact/attributes'),
      },
      text: content?.text,
      attachments: content?.attachments ?? [],
      subject: body.subject ?? undefined,
      metadata: checkedMetadata(body.metadata),
    });
    return reply.code(201).send({ ...conversationJson(answer.conversation), message: answer.message ? messageJson(answer.message) : null });
  });
}

/** The customer's address: `to`, or what the contact is reached by on that channel. */
function remoteAddress(body: Static<typeof CreateConversation>): string {
  if (body.to !== undefined) return requireAddress(body.channel, '/to', body.to);
  const address = body.channel === 'email' ? body.contact?.email : body.contact?.phone;
  if (address === undefined || address === null) throw invalidField('/to', 'is missing, and the contact has no address for this channel');
  return requireAddress(body.channel, body.channel === 'email' ? '/contact/email' : '/contact/phone', address);
}
