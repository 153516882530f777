import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, PageQuery } from '../../schemas/common.ts';
import { ConversationWithMessages } from '../../schemas/conversation.ts';
import { conversationJson } from '../../wire/conversation.ts';
import { messageJson } from '../../wire/message.ts';

const schema = {
  operationId: 'getConversation',
  summary: 'Get a conversation with a page of its messages',
  description:
    'Messages come newest first; `page_token` goes back in time. The `ETag` of the answer begins with the mode epoch: it will do as `If-Match` of a change.',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: PageQuery,
  response: { 200: ConversationWithMessages },
};

export function getConversation(app: App, deps: Deps): void {
  app.get('/v1/conversations/:conversation_id', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const { page_size = 50, page_token } = request.query;
    const answer = await deps.conversations.getConversation({
      workspaceId: workspaceOf(request),
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      pageSize: page_size,
      cursor: deps.pageTokens.open(request, page_token),
    });
    const conversation = conversationJson(answer.conversation);
    return reply.header('etag', `"${conversation.mode_epoch}"`).send({
      ...conversation,
      messages: answer.messages.map(messageJson),
      next_page_token: deps.pageTokens.sign(request, answer.nextCursor),
    });
  });
}
