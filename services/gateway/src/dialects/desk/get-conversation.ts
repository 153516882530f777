import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { idInPath } from '../ids.ts';
import { Limit, Offset } from '../paging.ts';
import { desk } from './dialect.ts';
import { ConversationParams, DeskConversationAnswer } from './schemas.ts';
import { messagesShown, wholeConversation } from './whole-conversation.ts';

const schema = {
  operationId: 'deskGetConversation',
  summary: 'Get a conversation with its newest messages',
  tags: [desk.tag],
  params: ConversationParams,
  querystring: Type.Object({
    limit: Type.Optional(Type.Unsafe<number>({ ...Limit(messagesShown), description: 'Messages.' })),
    offset: Type.Optional(Offset),
  }),
  response: { 200: DeskConversationAnswer },
};

export function getDeskConversation(app: App, deps: Deps): void {
  app.get('/dialects/desk/conversations/:conversation_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { limit = messagesShown.default, offset = 0 } = request.query;
    const conversationId = idInPath('conversation', 'conversation', request.params.conversation_id);
    return { success: true as const, data: await wholeConversation(deps, workspaceOf(request), conversationId, { limit, offset }) };
  });
}
