import type { UpdateConversationRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { type App, commandOf, type Deps } from '../../context.ts';
import { changeAsRead, refuseClosed } from '../change-as-read.ts';
import { idInPath } from '../ids.ts';
import { booking } from './dialect.ts';
import { BookingConversation, type BookingStatus, BookingUpdate, ConversationParams } from './schemas.ts';
import { bookingConversation } from './shapes.ts';

const schema = {
  operationId: 'bookingUpdateConversation',
  summary: 'Set the status of a conversation',
  description:
    '`escalated` hands it to people: the AI is quiet (`ai_mode` is `human`) and `needs_handoff` is set. `active` after that gives it back to the AI. ' +
    '`completed` and `abandoned` are labels: who answers stays as it is, and nothing is closed.',
  tags: [booking.tag],
  params: ConversationParams,
  body: BookingUpdate,
  response: { 200: BookingConversation },
};

export function updateBookingConversation(app: App, deps: Deps): void {
  app.patch(
    '/dialects/booking/api/v1/conversations/:conversation_id',
    { schema, config: { auth: { scope: 'write' } } },
    async (request) => {
      const conversation = await changeAsRead(deps, {
        context: commandOf(request),
        conversationId: idInPath('conversation', 'conversation', request.params.conversation_id),
        decide: (found) => changeTo(request.body.status, found),
      });
      return bookingConversation(conversation);
    },
  );
}

function changeTo(status: BookingStatus, conversation: Conversation): Partial<UpdateConversationRequest> {
  switch (status) {
    case 'escalated':
      return { status, aiMode: 'human', needsHandoff: true, reason: 'escalated' };
    case 'active': {
      refuseClosed(conversation);
      // Only what this contract took away is given back: a person who took the conversation over some other way keeps it.
      const escalated = conversation.status === 'escalated' && conversation.aiMode === 'human';
      return { status, needsHandoff: false, ...(escalated && { aiMode: 'ai', reason: 'resume' }) };
    }
    case 'completed':
    case 'abandoned':
      return { status };
    default:
      return status satisfies never;
  }
}
