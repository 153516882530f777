import { Type } from 'typebox';
import { type App, callerOf, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { SendMessage, SentMessage } from '../../schemas/message.ts';
import { checkedMetadata } from '../../wire/conversation.ts';
import { contentOf } from '../../wire/message.ts';
import { sentJson } from '../../wire/sent.ts';

const schema = {
  operationId: 'sendMessage',
  summary: 'Send as a person',
  description:
    'Takes the conversation over: its mode becomes `human`, unless `takeover` is false. Without `sender_name` it goes out under the name of the user in `Baton-User`.',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: NoQuery,
  body: SendMessage,
  response: { 201: SentMessage },
};

export function sendMessage(app: App, deps: Deps): void {
  app.post('/v1/conversations/:conversation_id/messages', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { body } = request;
    const answer = await deps.conversations.sendMessage({
      context: commandOf(request),
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      ...contentOf(body),
      senderName: body.sender_name ?? callerOf(request).user?.display_name,
      takeover: body.takeover ?? true,
      takeoverTimeoutSeconds: body.takeover_timeout_seconds,
      metadata: checkedMetadata(body.metadata),
      template: undefined,
    });
    return reply.code(201).send(sentJson(answer));
  });
}
