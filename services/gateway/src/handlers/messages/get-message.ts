import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { MessageWithHistory } from '../../schemas/message.ts';
import { present } from '../../wire/conversation.ts';
import { messageJson } from '../../wire/message.ts';
import { iso } from '../../wire/time.ts';

const schema = {
  operationId: 'getMessage',
  summary: 'Get a message with the history of its status',
  tags: ['Messages'],
  params: Type.Object({ message_id: Id('msg') }),
  querystring: NoQuery,
  response: { 200: MessageWithHistory },
};

export function getMessage(app: App, deps: Deps): void {
  app.get('/v1/messages/:message_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const answer = await deps.conversations.getMessage({
      workspaceId: workspaceOf(request),
      messageId: requireId('message', 'message', request.params.message_id),
    });
    return {
      ...messageJson(present(answer.message)),
      status_history: answer.statusHistory.map((step) => ({ status: step.status, at: iso(step.at), detail: step.detail ?? null })),
    };
  });
}
