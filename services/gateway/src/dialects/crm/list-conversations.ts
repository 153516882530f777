import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { Word } from '../../schemas/common.ts';
import { idInQuery } from '../ids.ts';
import { linkNext, pageStart } from '../paging.ts';
import { crm } from './dialect.ts';
import { CrmConversationList, CrmPaging } from './schemas.ts';
import { crmConversation } from './shapes.ts';

const schema = {
  operationId: 'crmListConversations',
  summary: 'List conversations, most recent message first',
  tags: [crm.tag],
  querystring: Type.Object({
    ...CrmPaging,
    contactId: Type.Optional(Type.String({ description: 'A UUID.' })),
    status: Type.Optional(Word(['active', 'archived'], { description: '`archived`: closed for good, or labelled so.' })),
  }),
  response: { 200: CrmConversationList },
};

export function listCrmConversations(app: App, deps: Deps): void {
  app.get('/dialects/crm/api/v1/conversations', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const { page = 1, limit = 20, status } = request.query;
    const contactId = idInQuery('contact', 'contactId', request.query.contactId);
    const answer = await deps.conversations.listConversations(
      ListConversationsRequest.fromPartial({
        workspaceId: workspaceOf(request),
        pageSize: limit,
        ...pageStart(deps, request, (page - 1) * limit),
        withTotal: true,
        withContact: true,
        ...(contactId !== undefined && { contactId }),
        ...(status !== undefined && { archived: status === 'archived' }),
      }),
    );
    linkNext(deps, { request, reply }, { nextCursor: answer.nextCursor, place: { page: page + 1 } });
    const total = answer.total ?? 0;
    return {
      data: answer.conversations.map(crmConversation),
      pagination: { page, limit, total, totalPages: Math.ceil(total / limit) },
    };
  });
}
