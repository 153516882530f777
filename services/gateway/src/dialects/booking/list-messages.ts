import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { idInPath } from '../ids.ts';
import { allMessages } from '../message-pages.ts';
import { Limit, Offset } from '../paging.ts';
import { booking } from './dialect.ts';
import { BookingMessage, ConversationParams } from './schemas.ts';
import { bookingMessage } from './shapes.ts';

const schema = {
  operationId: 'bookingListMessages',
  summary: 'The messages of a conversation, oldest first',
  description:
    'A bare array. What comes in meanwhile stands behind what is there, so pages by offset repeat nothing and leave nothing out.',
  tags: [booking.tag],
  params: ConversationParams,
  querystring: Type.Object({ limit: Type.Optional(Limit({ default: 100, max: 500 })), offset: Type.Optional(Offset) }),
  response: { 200: Type.Array(BookingMessage) },
};

export function listBookingMessages(app: App, deps: Deps): void {
  app.get(
    '/dialects/booking/api/v1/conversations/:conversation_id/messages',
    { schema, config: { auth: { scope: 'read' } } },
    async (request) => {
      const { limit = 100, offset = 0 } = request.query;
      const conversationId = idInPath('conversation', 'conversation', request.params.conversation_id);
      const messages = await allMessages(deps, { workspaceId: workspaceOf(request), conversationId, order: 'asc', offset, limit });
      return messages.map(bookingMessage);
    },
  );
}
