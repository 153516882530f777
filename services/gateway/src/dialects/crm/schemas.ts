import { channels } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Attachment, Metadata, Nullable, Time, Word } from '../../schemas/common.ts';
import { Limit, LinkToken, PageNumber } from '../paging.ts';

const sample = '550e8400-e29b-41d4-a716-446655440000';
const Uuid = Type.String({ format: 'uuid', examples: [sample] });

/** Its document names no maximum for lists; this is what the native API gives at most. */
export const CrmPaging = {
  page: Type.Optional(PageNumber),
  limit: Type.Optional(Limit({ default: 20, max: 250 })),
  page_token: LinkToken,
};

export const CrmConversation = Type.Object(
  {
    id: Uuid,
    contactId: Uuid,
    propertyId: Type.String({
      description:
        "`property_id` of the conversation's metadata or the contact's attributes; else the UUID of the agent, who speaks for it.",
      examples: [sample],
    }),
    status: Word(['active', 'archived']),
    startedAt: Time,
    lastMessageAt: Time,
    createdAt: Time,
    updatedAt: Time,
  },
  { title: 'CrmConversation' },
);
export type CrmConversation = Static<typeof CrmConversation>;

export const CrmConversationList = Type.Object(
  {
    data: Type.Array(CrmConversation),
    pagination: Type.Object({ page: Type.Integer(), limit: Type.Integer(), total: Type.Integer(), totalPages: Type.Integer() }),
  },
  { title: 'CrmConversationList' },
);

export const CrmMessage = Type.Object(
  {
    id: Uuid,
    conversationId: Uuid,
    direction: Word(['inbound', 'outbound']),
    content: Type.String(),
    channel: Word(channels),
    metadata: Nullable(Metadata),
    sentAt: Time,
    createdAt: Time,
    attachments: Type.Array(Attachment, { description: 'Files; a message that is only a file has no text.' }),
    status: Type.String({ description: 'As in the native API: a message that was cancelled or failed has not reached the customer.' }),
  },
  { title: 'CrmMessage' },
);
export type CrmMessage = Static<typeof CrmMessage>;

export const CrmMessageList = Type.Object(
  {
    data: Type.Array(CrmMessage, { description: 'Newest first.' }),
    pagination: Type.Object({ page: Type.Integer(), limit: Type.Integer() }),
  },
  { title: 'CrmMessageList' },
);

export const CrmSearchHit = Type.Object(
  {
    messageId: Uuid,
    content: Type.String(),
    direction: Word(['inbound', 'outbound']),
    channel: Word(channels),
    sentAt: Time,
    conversationId: Uuid,
    contactName: Type.String({ description: 'Empty while it is not known.' }),
  },
  { title: 'CrmSearchHit' },
);
export type CrmSearchHit = Static<typeof CrmSearchHit>;

export const CrmSearch = Type.Object(
  {
    data: Type.Array(CrmSearchHit, { description: 'Newest first.' }),
    total: Type.Integer({ description: 'As `total` of the search of the native API, which also says when it is not exact.' }),
  },
  { title: 'CrmSearch' },
);
