import { Readable } from 'node:stream';
import type { Conversation, Message } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { present } from '../../wire/conversation.ts';
import { idInPath } from '../ids.ts';
import { messagePages } from '../message-pages.ts';
import { booking } from './dialect.ts';
import { BookingConversationWithMessages, ConversationParams } from './schemas.ts';
import { bookingConversation, bookingMessage } from './shapes.ts';

const schema = {
  operationId: 'bookingGetConversation',
  summary: 'Get a conversation with all its messages, oldest first',
  description: 'However many they are: they come as they are read. A connection that breaks off early leaves JSON that does not end.',
  tags: [booking.tag],
  params: ConversationParams,
  response: { 200: BookingConversationWithMessages },
};

export function getBookingConversation(app: App, deps: Deps): void {
  app.get(
    '/dialects/booking/api/v1/conversations/:conversation_id',
    { schema, config: { auth: { scope: 'read' } } },
    async (request, reply) => {
      const workspaceId = workspaceOf(request);
      const conversationId = idInPath('conversation', 'conversation', request.params.conversation_id);
      const found = await deps.conversations.getConversation({ workspaceId, conversationId, pageSize: 0, cursor: '' });
      const conversation = present(found.conversation);
      // Those that are there now: the answer is of one moment, and ends however fast more come in.
      const span = { workspaceId, conversationId, order: 'asc', offset: 0, limit: conversation.messageCount } as const;
      const pages = messagePages(deps, span);
      const first = (await pages.next()).value ?? [];
      if (first.length === conversation.messageCount) return { ...bookingConversation(conversation), messages: first.map(bookingMessage) };
      reply.type('application/json; charset=utf-8');
      // The schema describes the object; what goes out are its pieces.
      return reply.send(Readable.from(inPieces(conversation, first, pages), { objectMode: false }) as never);
    },
  );
}

/** The same object, made as it is taken: one page of messages is in memory. */
async function* inPieces(conversation: Conversation, first: Message[], rest: AsyncIterable<Message[]>): AsyncGenerator<string> {
  yield `${JSON.stringify(bookingConversation(conversation)).slice(0, -1)},"messages":[${listed(first)}`;
  for await (const page of rest) yield `,${listed(page)}`;
  yield ']}';
}

function listed(messages: Message[]): string {
  return messages.map((message) => JSON.stringify(bookingMessage(message))).join(',');
}
