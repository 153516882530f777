import { authors, channels, messageStatuses } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Attachment, Attachments, Id, Metadata, NextPageToken, Nullable, Text, Time, Word } from './common.ts';

const messageFields = {
  message_id: Id('msg'),
  conversation_id: Id('conv'),
  sequence: Type.Integer({ description: 'Counts the messages of the conversation from 1, without gaps.' }),
  direction: Word(['inbound', 'outbound']),
  author: Word(authors),
  sender_name: Nullable(Type.String()),
  channel: Word(channels),
  text: Type.String(),
  attachments: Type.Array(Attachment),
  status: Word(messageStatuses),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
  segments: Type.Integer({ description: 'SMS segments; 1 elsewhere.' }),
  encoding: Nullable(Type.String({ description: '`gsm7` or `ucs2` for SMS.' })),
  provider_message_id: Nullable(Type.String()),
  dispatch_id: Nullable(Id('dsp')),
  created_at: Time,
  sent_at: Nullable(Time),
  delivered_at: Nullable(Time),
  read_at: Nullable(Time),
};

export const Message = Type.Object(messageFields, { title: 'Message' });
export type Message = Static<typeof Message>;

export const MessageWithHistory = Type.Object(
  {
    ...messageFields,
    status_history: Type.Array(Type.Object({ status: Type.String(), at: Time, detail: Nullable(Type.String()) })),
  },
  { title: 'MessageWithHistory' },
);

export const MessageList = Type.Object({ messages: Type.Array(Message), next_page_token: NextPageToken }, { title: 'MessageList' });

/** The change of mode that sending by hand implied. */
const Takeover = Type.Object(
  {
    changed: Type.Boolean(),
    from_mode: Type.String(),
    to_mode: Type.String(),
    mode_epoch: Type.Integer(),
    drained: Type.Boolean(),
    in_flight: Type.Array(Message),
  },
  { title: 'Takeover' },
);

export const SentMessage = Type.Object(
  {
    ...messageFields,
    message_ids: Type.Array(Id('msg'), {
      description:
        'This message, and after it those that the rest of its text became, in order, where it was too long for one message of the channel.',
    }),
    takeover: Nullable(Takeover),
  },
  { title: 'SentMessage', description: 'The message, queued, and the takeover that sending it by hand implied.' },
);
export type SentMessage = Static<typeof SentMessage>;

export const SendMessage = Type.Object(
  {
    body: Type.Optional(Text),
    text: Type.Optional(Text),
    attachments: Type.Optional(Attachments),
    sender_name: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    takeover: Type.Optional(Type.Boolean({ default: true, description: 'false sends without taking the conversation over.' })),
    takeover_timeout_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_592_000, description: '0: until it is handed back.' })),
    metadata: Type.Optional(Metadata),
  },
  {
    title: 'SendMessage',
    additionalProperties: false,
    description: 'One of `body` and `text`, or attachments.',
    examples: [{ body: 'This is Ada, I take it from here.', sender_name: 'Ada' }],
  },
);

export const SendToAddress = Type.Object(
  {
    agent_id: Id('agt'),
    channel: Word(channels, { examples: ['sms'] }),
    from_number: Type.Optional(
      Type.String({ maxLength: 320, description: 'Ours; without it the oldest account of the agent on that channel.' }),
    ),
    to_number: Type.String({ maxLength: 320, description: "The customer's address.", examples: ['+14155550123'] }),
    body: Type.Optional(Text),
    text: Type.Optional(Text),
    message_type: Type.Optional(Word(['text', 'image', 'video', 'audio', 'document', 'media'])),
    media_url: Type.Optional(Type.String({ maxLength: 2048, pattern: '^https?://[^\\s]+$' })),
    attachments: Type.Optional(Attachments),
    sender_name: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    author: Type.Optional(Word(['human', 'sequence'])),
    takeover: Type.Optional(Type.Boolean({ default: false, description: 'true also takes the conversation over.' })),
    metadata: Type.Optional(Metadata),
  },
  {
    title: 'SendToAddress',
    additionalProperties: false,
    examples: [{ agent_id: 'agt_01k9qg3v5e7h2m4n6p8r0s2t4v', channel: 'sms', to_number: '+14155550123', body: 'Hello' }],
  },
);

const TemplateComponent = Type.Object(
  {
    type: Word(['header', 'body', 'button', 'carousel', 'limited_time_offer']),
    sub_type: Type.Optional(Type.String({ maxLength: 64, examples: ['quick_reply'] })),
    index: Type.Optional(Type.String({ maxLength: 3, examples: ['0'] })),
    parameters: Type.Optional(
      Type.Array(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { examples: [{ type: 'text', text: 'Ada' }] }), {
        maxItems: 50,
      }),
    ),
  },
  { title: 'TemplateComponent' },
);

export const SendTemplate = Type.Object(
  {
    agent_id: Id('agt'),
    channel: Type.Optional(Word(['whatsapp'])),
    from_number: Type.Optional(Type.String({ maxLength: 320 })),
    to_number: Type.String({ maxLength: 320, examples: ['+14155550123'] }),
    template_name: Type.String({ minLength: 1, maxLength: 512, examples: ['appointment_reminder'] }),
    language_code: Type.String({ minLength: 2, maxLength: 20, examples: ['en_US'] }),
    parameters: Type.Optional(Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 50, examples: [['Ada', '8 pm']] })),
    components: Type.Optional(
      Type.Array(TemplateComponent, {
        maxItems: 20,
        description:
          'WhatsApp Cloud: files in the header, buttons, named parameters, as its documentation has them. `parameters` fills the body where no component does.',
      }),
    ),
    metadata: Type.Optional(Metadata),
  },
  { title: 'SendTemplate', additionalProperties: false, description: 'A WhatsApp template; it may be sent outside the window.' },
);
