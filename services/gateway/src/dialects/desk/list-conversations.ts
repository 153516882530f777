import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { channels } from '@baton/contracts/vocabulary.ts';
import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { Word } from '../../schemas/common.ts';
import { idInQuery } from '../ids.ts';
import { Limit, LinkToken, linkNext, Offset, pageStart } from '../paging.ts';
import { desk } from './dialect.ts';
import { DeskConversationList, deskStatuses } from './schemas.ts';
import { deskConversation, filterOf } from './shapes.ts';

const schema = {
  operationId: 'deskListConversations',
  summary: 'List conversations, the one that began last first',
  tags: [desk.tag],
  querystring: Type.Object({
    limit: Type.Optional(Limit({ default: 25, max: 100 })),
    offset: Type.Optional(Offset),
    channel: Type.Optional(Word(channels)),
    status: Type.Optional(Word(deskStatuses)),
    customer_id: Type.Optional(Type.String({ description: 'As `customer_id` of a conversation.' })),
    unread: Type.Optional(Type.Boolean()),
    page_token: LinkToken,
  }),
  response: { 200: DeskConversationList },
};

export function listDeskConversations(app: App, deps: Deps): void {
  app.get('/dialects/desk/conversations', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const { limit = 25, offset = 0, channel, status, unread } = request.query;
    const contactId = idInQuery('contact', 'customer_id', request.query.customer_id);
    const answer = await deps.conversations.listConversations(
      ListConversationsRequest.fromPartial({
        workspaceId: workspaceOf(request),
        pageSize: limit,
        ...pageStart(deps, request, offset),
        byCreation: true,
        withTotal: true,
        withContact: true,
        withLatestMessage: true,
        ...(channel !== undefined && { channel }),
        ...(status !== undefined && filterOf(status)),
        ...(contactId !== undefined && { contactId }),
        ...(unread !== undefined && { unread }),
      }),
    );
    linkNext(deps, { request, reply }, { nextCursor: answer.nextCursor, place: { offset: offset + limit } });
    const data = answer.conversations.map((one) => deskConversation(one, one.latestMessage ? [one.latestMessage] : []));
    return { success: true as const, data, total: answer.total ?? 0, limit, offset };
  });
}
