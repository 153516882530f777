import { UpdateConversationRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Type } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { idInPath } from '../ids.ts';
import { desk } from './dialect.ts';
import { ConversationParams, DeskConversationAnswer } from './schemas.ts';
import { wholeConversation } from './whole-conversation.ts';

const schema = {
  operationId: 'deskCloseConversation',
  summary: 'Close a conversation for good',
  description: "The customer's next message opens a new one. Closing a closed one changes nothing.",
  tags: [desk.tag],
  params: ConversationParams,
  body: Type.Object({}, { title: 'DeskClose' }),
  response: { 200: DeskConversationAnswer },
};

export function closeDeskConversation(app: App, deps: Deps): void {
  const config = { auth: { scope: 'write' }, optionalBody: true } as const;
  app.post('/dialects/desk/conversations/:conversation_id/close', { schema, config }, async (request) => {
    const conversationId = idInPath('conversation', 'conversation', request.params.conversation_id);
    await deps.conversations.updateConversation(
      UpdateConversationRequest.fromPartial({ context: commandOf(request), conversationId, aiMode: 'closed', reason: 'closed' }),
    );
    return { success: true as const, data: await wholeConversation(deps, workspaceOf(request), conversationId) };
  });
}
