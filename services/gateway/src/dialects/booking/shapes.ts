import type { Conversation, Message } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { attachmentsJson } from '../../wire/message.ts';
import { iso } from '../../wire/time.ts';
import { uuidOf } from '../ids.ts';
import type { BookingConversation, BookingMessage, BookingStatus } from './schemas.ts';

export function bookingConversation(c: Conversation): BookingConversation {
  const leadId = uuidOf('contact', c.contactId);
  return {
    id: uuidOf('conversation', c.conversationId),
    lead_id: leadId,
    session_key: `${c.channel}_${c.fromNumber}`,
    channel: c.channel as BookingConversation['channel'],
    status: bookingStatus(c.status),
    message_count: c.messageCount,
    created_at: iso(c.createdAt),
    updated_at: iso(c.updatedAt),
    lead: { id: leadId, name: c.contact?.name ?? '', email: c.contact?.email ?? '' },
    last_message_at: iso(c.lastMessageAt ?? c.createdAt),
    last_message_preview: c.lastMessagePreview ?? '',
  };
}

/** What was put away is over; the other labels have the same names. */
function bookingStatus(status: string): BookingStatus {
  return status === 'archived' ? 'completed' : (status as BookingStatus);
}

/** The labels that a filter by this status finds. */
export function labelsOf(status: BookingStatus): string[] {
  return status === 'completed' ? ['completed', 'archived'] : [status];
}

export function bookingMessage(m: Message): BookingMessage {
  return {
    id: uuidOf('message', m.messageId),
    conversation_id: uuidOf('conversation', m.conversationId),
    role: roleOf(m.author),
    content: m.text,
    metadata: m.metadata ?? {},
    created_at: iso(m.createdAt),
    attachments: attachmentsJson(m),
    status: m.status,
  };
}

function roleOf(author: string): BookingMessage['role'] {
  if (author === 'contact') return 'user';
  return author === 'system' ? 'system' : 'assistant';
}
