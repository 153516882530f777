import { authors } from '@baton/contracts/vocabulary.ts';
import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, Paging, Time, Word } from '../../schemas/common.ts';
import { MessageList } from '../../schemas/message.ts';
import { messageJson } from '../../wire/message.ts';
import { dateOf } from '../../wire/time.ts';

const schema = {
  operationId: 'listMessages',
  summary: 'List the messages of a conversation',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: Type.Object(
    {
      ...Paging,
      order: Type.Optional(Word(['desc', 'asc'], { description: '`desc`, the default: newest first.' })),
      author: Type.Optional(Word(authors)),
      after: Type.Optional(Time),
      before: Type.Optional(Time),
    },
    { additionalProperties: false },
  ),
  response: { 200: MessageList },
};

export function listMessages(app: App, deps: Deps): void {
  app.get('/v1/conversations/:conversation_id/messages', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { query } = request;
    const answer = await deps.conversations.listMessages({
      workspaceId: workspaceOf(request),
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      pageSize: query.page_size ?? 50,
      cursor: deps.pageTokens.open(request, query.page_token),
      order: query.order ?? 'desc',
      author: query.author,
      after: dateOf('after', query.after),
      before: dateOf('before', query.before),
      withTotal: false,
    });
    return { messages: answer.messages.map(messageJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
