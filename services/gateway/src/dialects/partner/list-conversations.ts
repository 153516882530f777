import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { linkNext, pageStart } from '../paging.ts';
import { phoneChannels } from './current-conversation.ts';
import { partner } from './dialect.ts';
import { AccountParams, PartnerConversationList, PartnerPaging } from './schemas.ts';
import { partnerConversation } from './shapes.ts';

const schema = {
  operationId: 'partnerListConversations',
  summary: 'List conversations, one for each phone number, newest activity first',
  tags: [partner.tag],
  params: AccountParams,
  querystring: Type.Object({ ...PartnerPaging, needs_handoff: Type.Optional(Type.Boolean()) }),
  response: { 200: PartnerConversationList },
};

export function listPartnerConversations(app: App, deps: Deps): void {
  app.get(
    '/dialects/partner/v1/accounts/:account_id/conversations',
    { schema, config: { auth: { scope: 'read', workspace: 'path' } } },
    async (request, reply) => {
      const { limit = 50, offset = 0, needs_handoff } = request.query;
      const answer = await deps.conversations.listConversations(
        ListConversationsRequest.fromPartial({
          workspaceId: workspaceOf(request),
          pageSize: limit,
          ...pageStart(deps, request, offset),
          withTotal: true,
          withContact: true,
          channels: phoneChannels,
          currentOnly: true,
          ...(needs_handoff !== undefined && { needsHandoff: needs_handoff }),
        }),
      );
      linkNext(deps, { request, reply }, { nextCursor: answer.nextCursor, place: { offset: offset + limit } });
      return { conversations: answer.conversations.map(partnerConversation), total: answer.total ?? 0, limit, offset };
    },
  );
}
