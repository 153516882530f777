import { CreateConversationRequest, UpdateConversationRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { Static } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { requireAddress } from '../../http/parameters.ts';
import { present } from '../../wire/conversation.ts';
import { idInPath } from '../ids.ts';
import { desk } from './dialect.ts';
import { DeskConversationAnswer, DeskCreate } from './schemas.ts';
import { wholeConversation } from './whole-conversation.ts';

const schema = {
  operationId: 'deskCreateConversation',
  summary: 'Start a conversation; with `message`, by writing to the customer',
  description: 'Where the customer has an open one with the agent, that is the conversation.',
  tags: [desk.tag],
  body: DeskCreate,
  response: { 201: DeskConversationAnswer },
};

export function createDeskConversation(app: App, deps: Deps): void {
  app.post('/dialects/desk/conversations', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { body } = request;
    const context = commandOf(request);
    const known = addressesOf(body);
    const created = await deps.conversations.createConversation(
      CreateConversationRequest.fromPartial({
        context,
        agentId: body.agent_id === undefined ? '' : idInPath('agent', 'agent', body.agent_id),
        channel: body.channel,
        to: known.to,
        contact: {
          ...(body.customer_name !== undefined && { name: body.customer_name }),
          ...(known.phone !== undefined && { phone: known.phone }),
          ...(known.email !== undefined && { email: known.email }),
        },
        ...(body.message !== undefined && { text: textOf(body.message) }),
      }),
    );
    const { conversationId, contact } = present(created.conversation);
    // Whoever is known already keeps what is known of them, but a name that is given counts.
    if (body.customer_name !== undefined && contact?.name !== body.customer_name) {
      const renaming = { ...context, commandId: `${context.commandId}/name` };
      await deps.conversations.updateConversation(
        UpdateConversationRequest.fromPartial({ context: renaming, conversationId, contactName: body.customer_name }),
      );
    }
    return reply.code(201).send({ success: true as const, data: await wholeConversation(deps, workspaceOf(request), conversationId) });
  });
}

/** What is given of the customer, in its one spelling; `to` is where the conversation is held. */
function addressesOf(body: Static<typeof DeskCreate>): { to: string; phone?: string; email?: string } {
  const phone = body.customer_phone === undefined ? undefined : requireAddress('sms', '/customer_phone', body.customer_phone);
  const email = body.customer_email === undefined ? undefined : requireAddress('email', '/customer_email', body.customer_email);
  const known = { ...(phone !== undefined && { phone }), ...(email !== undefined && { email }) };
  switch (body.channel) {
    case 'sms':
    case 'whatsapp':
    case 'voice':
      if (phone === undefined) throw invalidField('/customer_phone', `is needed for the channel ${body.channel}`);
      return { to: phone, ...known };
    case 'email':
      if (email === undefined) throw invalidField('/customer_email', 'is needed for the channel email');
      return { to: email, ...known };
    default:
      throw invalidField('/channel', `a conversation on ${body.channel} can only be started by the customer`);
  }
}

function textOf(message: string): string {
  if (message.trim() === '') throw invalidField('/message', 'must not be blank');
  return message;
}
