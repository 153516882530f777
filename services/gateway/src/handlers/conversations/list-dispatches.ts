import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, PageQuery } from '../../schemas/common.ts';
import { DispatchList } from '../../schemas/conversation.ts';
import { dispatchJson } from '../../wire/conversation.ts';

const schema = {
  operationId: 'listDispatches',
  summary: 'Why the AI did or did not answer; newest first',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: PageQuery,
  response: { 200: DispatchList },
};

export function listDispatches(app: App, deps: Deps): void {
  app.get('/v1/conversations/:conversation_id/dispatches', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const answer = await deps.conversations.listDispatches({
      workspaceId: workspaceOf(request),
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      pageSize: request.query.page_size ?? 50,
      cursor: deps.pageTokens.open(request, request.query.page_token),
    });
    return { dispatches: answer.dispatches.map(dispatchJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
