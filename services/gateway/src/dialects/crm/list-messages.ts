import { ListMessagesRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { idInPath } from '../ids.ts';
import { linkNext, pageStart } from '../paging.ts';
import { crm } from './dialect.ts';
import { CrmMessageList, CrmPaging } from './schemas.ts';
import { crmMessage } from './shapes.ts';

const schema = {
  operationId: 'crmListMessages',
  summary: 'The messages of a conversation, newest first',
  tags: [crm.tag],
  params: Type.Object({ conversation_id: Type.String({ description: 'A UUID.', examples: ['550e8400-e29b-41d4-a716-446655440000'] }) }),
  querystring: Type.Object(CrmPaging),
  response: { 200: CrmMessageList },
};

export function listCrmMessages(app: App, deps: Deps): void {
  app.get(
    '/dialects/crm/api/v1/conversations/:conversation_id/messages',
    { schema, config: { auth: { scope: 'read' } } },
    async (request, reply) => {
      const { page = 1, limit = 20 } = request.query;
      const answer = await deps.conversations.listMessages(
        ListMessagesRequest.fromPartial({
          workspaceId: workspaceOf(request),
          conversationId: idInPath('conversation', 'conversation', request.params.conversation_id),
          pageSize: limit,
          ...pageStart(deps, request, (page - 1) * limit),
          order: 'desc',
        }),
      );
      linkNext(deps, { request, reply }, { nextCursor: answer.nextCursor, place: { page: page + 1 } });
      return { data: answer.messages.map(crmMessage), pagination: { page, limit } };
    },
  );
}
