import { channels } from '@baton/contracts/vocabulary.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { Attachment, Id, Text, Time, Word } from '../../schemas/common.ts';

export const ConversationParams = Type.Object({ conversation_id: Id('conv') });

export const deskStatuses = ['open', 'closed', 'resolved'] as const;
export type DeskStatus = (typeof deskStatuses)[number];

const unknown = 'Empty while it is not known.';

export const DeskMessage = Type.Object(
  {
    id: Id('msg'),
    conversation_id: Id('conv'),
    sender: Word(['customer', 'assistant'], { description: '`assistant` is everybody on our side: the AI and people.' }),
    content: Type.String(),
    timestamp: Time,
    attachments: Type.Array(Attachment, { description: 'Files; a message that is only a file has no text.' }),
    status: Type.String({ description: 'As in the native API: a message that was cancelled or failed has not reached the customer.' }),
  },
  { title: 'DeskMessage' },
);
export type DeskMessage = Static<typeof DeskMessage>;

export const DeskConversation = Type.Object(
  {
    id: Id('conv'),
    customer_id: Id('ctc'),
    customer_name: Type.String({ description: unknown }),
    customer_email: Type.String({ description: unknown }),
    customer_phone: Type.String({ description: unknown }),
    channel: Word(channels),
    status: Word(deskStatuses),
    subject: Type.String({ description: unknown }),
    last_message: Type.String(),
    timestamp: Type.Unsafe<string>({ ...Time, description: 'When the conversation began.' }),
    unread: Type.Boolean(),
    tags: Type.Array(Type.String()),
    message_count: Type.Integer(),
    messages: Type.Array(DeskMessage, { description: 'Newest first; a row of a list has the newest alone.' }),
  },
  { title: 'DeskConversation' },
);
export type DeskConversation = Static<typeof DeskConversation>;

const succeeded = { success: Type.Unsafe<true>({ type: 'boolean', const: true }) };

function Success<T extends TSchema>(title: string, data: T) {
  return Type.Object({ ...succeeded, data }, { title });
}

export const DeskConversationAnswer = Success('DeskConversationAnswer', DeskConversation);
export const DeskMessageAnswer = Success('DeskMessageAnswer', DeskMessage);

export const DeskConversationList = Type.Object(
  { ...succeeded, data: Type.Array(DeskConversation), total: Type.Integer(), limit: Type.Integer(), offset: Type.Integer() },
  { title: 'DeskConversationList' },
);

export const DeskAccepted = Type.Object(
  { ...succeeded, data: Type.Object({ sender: Word(['customer']), content: Type.String(), status: Word(['accepted']) }) },
  { title: 'DeskAccepted', description: "The customer's message is stored for good, and will stand in its conversation shortly." },
);

const Name = Type.String({ minLength: 1, maxLength: 200, examples: ['Jane Smith'] });

export const DeskCreate = Type.Object(
  {
    channel: Word(channels, { examples: ['sms'] }),
    customer_phone: Type.Optional(
      Type.String({ maxLength: 40, description: 'Needed for sms, whatsapp and voice.', examples: ['+14155550123'] }),
    ),
    customer_email: Type.Optional(Type.String({ maxLength: 320, description: 'Needed for email.', examples: ['jane@example.com'] })),
    customer_name: Type.Optional(Name),
    message: Type.Optional(Type.Unsafe<string>({ ...Text, minLength: 1, description: 'Is sent to the customer.' })),
    agent_id: Type.Optional(
      Type.String({
        description: 'Without it: the agent whom the customer talks with, else the one with the oldest account of the channel.',
      }),
    ),
  },
  { title: 'DeskCreate', examples: [{ channel: 'sms', customer_phone: '+14155550123', customer_name: 'Jane Smith', message: 'Hello' }] },
);

export const DeskSend = Type.Object(
  {
    content: Type.Unsafe<string>({ ...Text, minLength: 1 }),
    sender: Type.Optional(
      Word(['customer', 'assistant'], {
        description:
          '`assistant` sends to the customer. `customer` tells what the customer wrote: the AI answers it like any other message.',
      }),
    ),
    takeover: Type.Optional(Type.Boolean({ description: 'With `assistant`: true also takes the conversation from the AI.' })),
  },
  { title: 'DeskSend', examples: [{ content: 'Your order is on its way.' }] },
);

export const DeskUpdate = Type.Object(
  {
    status: Type.Optional(Word(deskStatuses)),
    customer_name: Type.Optional(Name),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50, description: 'Put beside those that are there.' }),
    ),
  },
  { title: 'DeskUpdate', minProperties: 1, examples: [{ status: 'resolved', tags: ['vip'] }] },
);
