import { channels } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Attachment, Metadata, Time, Word } from '../../schemas/common.ts';

const sample = '880b0500-e29b-41d4-a716-446655440000';
const Uuid = Type.String({ format: 'uuid', examples: [sample] });

export const ConversationParams = Type.Object({ conversation_id: Type.String({ description: 'A UUID.', examples: [sample] }) });

export const bookingStatuses = ['active', 'completed', 'escalated', 'abandoned'] as const;
export type BookingStatus = (typeof bookingStatuses)[number];

const BookingLead = Type.Object(
  {
    id: Uuid,
    name: Type.String({ description: 'Empty while it is not known.' }),
    email: Type.String({ description: 'Empty while it is not known.' }),
  },
  { title: 'BookingLead' },
);

const fields = {
  id: Uuid,
  lead_id: Uuid,
  session_key: Type.String({ description: '`<channel>_<address of the lead>`', examples: ['whatsapp_+49123456789'] }),
  channel: Word(channels),
  status: Word(bookingStatuses),
  message_count: Type.Integer(),
  created_at: Time,
  updated_at: Time,
  lead: BookingLead,
  last_message_at: Time,
  last_message_preview: Type.String(),
};

export const BookingConversation = Type.Object(fields, { title: 'BookingConversation' });
export type BookingConversation = Static<typeof BookingConversation>;

export const BookingMessage = Type.Object(
  {
    id: Uuid,
    conversation_id: Uuid,
    role: Word(['user', 'assistant', 'system'], { description: '`assistant` is everybody on our side: the AI and people.' }),
    content: Type.String(),
    metadata: Metadata,
    created_at: Time,
    attachments: Type.Array(Attachment, { description: 'Files; a message that is only a file has no text.' }),
    status: Type.String({ description: 'As in the native API: a message that was cancelled or failed has not reached the customer.' }),
  },
  { title: 'BookingMessage' },
);
export type BookingMessage = Static<typeof BookingMessage>;

export const BookingConversationWithMessages = Type.Object(
  { ...fields, messages: Type.Array(BookingMessage, { description: 'All of them, oldest first.' }) },
  { title: 'BookingConversationWithMessages' },
);

export const BookingConversationList = Type.Object(
  { conversations: Type.Array(BookingConversation), total: Type.Integer(), page: Type.Integer(), size: Type.Integer() },
  { title: 'BookingConversationList' },
);

export const BookingUpdate = Type.Object(
  { status: Word(bookingStatuses) },
  { title: 'BookingUpdate', examples: [{ status: 'completed' }] },
);
