import { type Static, Type } from 'typebox';
import { Attachment, Id, Text, Time, Word } from '../../schemas/common.ts';
import { Limit, LinkToken, Offset } from '../paging.ts';

export const AccountParams = Type.Object({ account_id: Id('acc', 'The workspace.') });

export const PhoneParams = Type.Object({
  account_id: Id('acc', 'The workspace.'),
  phone: Type.String({ description: "The customer's number in E.164; its `+` raw or as `%2B`.", examples: ['+14155551234'] }),
});

export const PartnerPaging = {
  limit: Type.Optional(Limit({ default: 50, max: 250 })),
  offset: Type.Optional(Offset),
  page_token: LinkToken,
};

export const PartnerConversation = Type.Object(
  {
    phone: Type.String({ examples: ['+14155551234'] }),
    name: Type.String({ description: 'Empty while it is not known.' }),
    preview: Type.String(),
    last_message_at: Time,
    message_count: Type.Integer(),
    needs_handoff: Type.Boolean(),
    lead_status: Type.String({ description: '`new` until somebody has set it.', examples: ['qualified'] }),
    in_sequence: Type.Boolean(),
  },
  { title: 'PartnerConversation' },
);
export type PartnerConversation = Static<typeof PartnerConversation>;

export const PartnerMessage = Type.Object(
  {
    id: Id('msg'),
    direction: Word(['inbound', 'outbound']),
    body: Type.String(),
    sent_at: Time,
    source: Type.Optional(Word(['ai', 'sequence', 'manual'], { description: 'Who wrote it; absent on inbound messages.' })),
    attachments: Type.Array(Attachment, { description: 'Files; a message that is only a file has no text.' }),
    status: Type.String({ description: 'As in the native API: a message that was cancelled or failed has not reached the customer.' }),
  },
  { title: 'PartnerMessage' },
);
export type PartnerMessage = Static<typeof PartnerMessage>;

const counted = { total: Type.Integer(), limit: Type.Integer(), offset: Type.Integer() };

export const PartnerConversationList = Type.Object(
  { conversations: Type.Array(PartnerConversation), ...counted },
  { title: 'PartnerConversationList' },
);

export const PartnerMessageList = Type.Object(
  { messages: Type.Array(PartnerMessage, { description: 'Newest first.' }), ...counted },
  { title: 'PartnerMessageList' },
);

export const PartnerSend = Type.Object(
  {
    body: Type.Unsafe<string>({ ...Text, minLength: 1 }),
    sender_name: Type.Optional(Type.String({ maxLength: 200, examples: ['Sarah Johnson'] })),
  },
  { title: 'PartnerSend' },
);

export const PartnerSent = Type.Object(
  { success: Type.Boolean(), message_id: Id('msg'), direction: Word(['outbound']), source: Word(['manual']) },
  { title: 'PartnerSent' },
);

export const PartnerResumed = Type.Object({ success: Type.Boolean(), ai_enabled: Type.Boolean() }, { title: 'PartnerResumed' });
