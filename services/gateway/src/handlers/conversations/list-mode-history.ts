import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, PageQuery } from '../../schemas/common.ts';
import { ModeHistory } from '../../schemas/conversation.ts';
import { iso } from '../../wire/time.ts';

const schema = {
  operationId: 'listModeHistory',
  summary: 'Who changed the mode, when and why; newest first',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: PageQuery,
  response: { 200: ModeHistory },
};

export function listModeHistory(app: App, deps: Deps): void {
  app.get('/v1/conversations/:conversation_id/mode-history', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const answer = await deps.conversations.listModeHistory({
      workspaceId: workspaceOf(request),
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      pageSize: request.query.page_size ?? 50,
      cursor: deps.pageTokens.open(request, request.query.page_token),
    });
    const history = answer.history.map((row) => ({
      from_mode: row.fromMode,
      to_mode: row.toMode,
      mode_epoch: row.modeEpoch,
      actor_user_id: row.actorUserId ?? null,
      actor_kind: row.actorKind,
      reason: row.reason,
      created_at: iso(row.createdAt),
    }));
    return { history, next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
