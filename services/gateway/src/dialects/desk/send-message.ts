import { SendMessageRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { appendInbound } from '../../inbound/append-inbound.ts';
import { present } from '../../wire/conversation.ts';
import { idInPath } from '../ids.ts';
import { desk } from './dialect.ts';
import { ConversationParams, DeskAccepted, DeskMessageAnswer, DeskSend } from './schemas.ts';
import { deskMessage } from './shapes.ts';

const schema = {
  operationId: 'deskSendMessage',
  summary: 'Write to the customer, or tell what the customer wrote',
  description:
    '`sender: customer` goes the way of every inbound message: opt-out words count, the AI answers, and what is told to a closed conversation opens ' +
    'the next one (`conversation_id` of the answer). 202 is rare: the message is stored, but does not stand in its conversation yet after five seconds. ' +
    '`sender: assistant` leaves the conversation with the AI, unless `takeover` is true.',
  tags: [desk.tag],
  params: ConversationParams,
  body: DeskSend,
  response: { 201: DeskMessageAnswer, 202: DeskAccepted },
};

export function sendDeskMessage(app: App, deps: Deps): void {
  app.post(
    '/dialects/desk/conversations/:conversation_id/messages',
    { schema, config: { auth: { scope: 'write' } } },
    async (request, reply) => {
      const { content, sender = 'assistant', takeover = false } = request.body;
      if (content.trim() === '') throw invalidField('/content', 'must not be blank');
      const context = commandOf(request);
      const conversationId = idInPath('conversation', 'conversation', request.params.conversation_id);
      if (sender === 'assistant') {
        const sent = await deps.conversations.sendMessage(
          SendMessageRequest.fromPartial({ context, conversationId, text: content, takeover }),
        );
        return reply.code(201).send({ success: true as const, data: deskMessage(present(sent.message)) });
      }
      const at = { workspaceId: workspaceOf(request), conversationId, pageSize: 0, cursor: '' };
      const conversation = present((await deps.conversations.getConversation(at)).conversation);
      const message = await appendInbound(deps, { context, conversation, text: content });
      if (message) return reply.code(201).send({ success: true as const, data: deskMessage(message) });
      return reply.code(202).send({ success: true as const, data: { sender, content, status: 'accepted' as const } });
    },
  );
}
