import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Conversation } from '../../schemas/conversation.ts';
import { conversationJson } from '../../wire/conversation.ts';

const schema = {
  operationId: 'markRead',
  summary: 'Clear `unread`',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: NoQuery,
  body: Type.Object({}, { title: 'MarkRead', additionalProperties: false }),
  response: { 200: Conversation },
};

export function markRead(app: App, deps: Deps): void {
  app.post(
    '/v1/conversations/:conversation_id/read',
    { schema, config: { auth: { scope: 'write' }, optionalBody: true } },
    async (request) =>
      conversationJson(
        await deps.conversations.markRead({
          context: commandOf(request),
          conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
        }),
      ),
  );
}
