import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { channels } from '@baton/contracts/vocabulary.ts';
import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { Word } from '../../schemas/common.ts';
import { idInQuery } from '../ids.ts';
import { Limit, LinkToken, linkNext, PageNumber, pageStart } from '../paging.ts';
import { booking } from './dialect.ts';
import { BookingConversationList, bookingStatuses } from './schemas.ts';
import { bookingConversation, labelsOf } from './shapes.ts';

const schema = {
  operationId: 'bookingListConversations',
  summary: 'List conversations, the one that began last first',
  tags: [booking.tag],
  querystring: Type.Object({
    page: Type.Optional(PageNumber),
    size: Type.Optional(Limit({ default: 20, max: 100 })),
    lead_id: Type.Optional(Type.String({ description: 'A UUID.' })),
    status: Type.Optional(Word(bookingStatuses)),
    channel: Type.Optional(Word(channels)),
    page_token: LinkToken,
  }),
  response: { 200: BookingConversationList },
};

export function listBookingConversations(app: App, deps: Deps): void {
  app.get('/dialects/booking/api/v1/conversations', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const { page = 1, size = 20, status, channel } = request.query;
    const contactId = idInQuery('contact', 'lead_id', request.query.lead_id);
    const answer = await deps.conversations.listConversations(
      ListConversationsRequest.fromPartial({
        workspaceId: workspaceOf(request),
        pageSize: size,
        ...pageStart(deps, request, (page - 1) * size),
        byCreation: true,
        withTotal: true,
        withContact: true,
        ...(contactId !== undefined && { contactId }),
        ...(status !== undefined && { statuses: labelsOf(status) }),
        ...(channel !== undefined && { channel }),
      }),
    );
    linkNext(deps, { request, reply }, { nextCursor: answer.nextCursor, place: { page: page + 1 } });
    return { conversations: answer.conversations.map(bookingConversation), total: answer.total ?? 0, page, size };
  });
}
