import type { SearchHit } from '@baton/contracts/gen/baton/conversation/v1/search_service.ts';
import type { Conversation, Message } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { present } from '../../wire/conversation.ts';
import { attachmentsJson } from '../../wire/message.ts';
import { iso } from '../../wire/time.ts';
import { textAttribute } from '../attributes.ts';
import { uuidOf } from '../ids.ts';
import type { CrmConversation, CrmMessage, CrmSearchHit } from './schemas.ts';

export function crmConversation(c: Conversation): CrmConversation {
  return {
    id: uuidOf('conversation', c.conversationId),
    contactId: uuidOf('contact', c.contactId),
    propertyId: textAttribute(c, 'property_id') ?? uuidOf('agent', c.agentId),
    status: c.status === 'archived' || c.aiMode === 'closed' ? 'archived' : 'active',
    startedAt: iso(c.createdAt),
    lastMessageAt: iso(c.lastMessageAt ?? c.createdAt),
    createdAt: iso(c.createdAt),
    updatedAt: iso(c.updatedAt),
  };
}

export function crmMessage(m: Message): CrmMessage {
  return {
    id: uuidOf('message', m.messageId),
    conversationId: uuidOf('conversation', m.conversationId),
    direction: m.direction as CrmMessage['direction'],
    content: m.text,
    channel: m.channel as CrmMessage['channel'],
    metadata: m.metadata === undefined || Object.keys(m.metadata).length === 0 ? null : m.metadata,
    sentAt: iso(m.sentAt ?? m.createdAt),
    createdAt: iso(m.createdAt),
    attachments: attachmentsJson(m),
    status: m.status,
  };
}

export function crmHit(hit: SearchHit): CrmSearchHit {
  const { id, conversationId, content, direction, channel, sentAt } = crmMessage(present(hit.message));
  return { messageId: id, content, direction, channel, sentAt, conversationId, contactName: hit.conversation?.contact?.name ?? '' };
}
