import { ListMessagesRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { linkNext, pageStart } from '../paging.ts';
import { currentConversation } from './current-conversation.ts';
import { partner } from './dialect.ts';
import { PartnerMessageList, PartnerPaging, PhoneParams } from './schemas.ts';
import { partnerMessage } from './shapes.ts';

const schema = {
  operationId: 'partnerListMessages',
  summary: 'The messages of a conversation, newest first',
  tags: [partner.tag],
  params: PhoneParams,
  querystring: Type.Object(PartnerPaging),
  response: { 200: PartnerMessageList },
};

export function listPartnerMessages(app: App, deps: Deps): void {
  app.get(
    '/dialects/partner/v1/accounts/:account_id/conversations/:phone/messages',
    { schema, config: { auth: { scope: 'read', workspace: 'path' } } },
    async (request, reply) => {
      const { limit = 50, offset = 0 } = request.query;
      const workspaceId = workspaceOf(request);
      const { conversationId } = await currentConversation(deps, workspaceId, request.params.phone);
      const answer = await deps.conversations.listMessages(
        ListMessagesRequest.fromPartial({
          workspaceId,
          conversationId,
          pageSize: limit,
          ...pageStart(deps, request, offset),
          order: 'desc',
          withTotal: true,
        }),
      );
      linkNext(deps, { request, reply }, { nextCursor: answer.nextCursor, place: { offset: offset + limit } });
      return { messages: answer.messages.map(partnerMessage), total: answer.total ?? 0, limit, offset };
    },
  );
}
