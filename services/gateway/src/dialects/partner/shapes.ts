import type { Conversation, Message } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { attachmentsJson } from '../../wire/message.ts';
import { iso } from '../../wire/time.ts';
import { flagAttribute, textAttribute } from '../attributes.ts';
import type { PartnerConversation, PartnerMessage } from './schemas.ts';

export function partnerConversation(c: Conversation): PartnerConversation {
  return {
    phone: c.fromNumber,
    name: c.contact?.name ?? '',
    preview: c.lastMessagePreview ?? '',
    last_message_at: iso(c.lastMessageAt ?? c.createdAt),
    message_count: c.messageCount,
    needs_handoff: c.needsHandoff,
    lead_status: textAttribute(c, 'lead_status') ?? 'new',
    in_sequence: flagAttribute(c, 'in_sequence'),
  };
}

export function partnerMessage(m: Message): PartnerMessage {
  return {
    id: m.messageId,
    direction: m.direction as PartnerMessage['direction'],
    body: m.text,
    sent_at: iso(m.sentAt ?? m.createdAt),
    ...(m.direction === 'outbound' && { source: sourceOf(m.author) }),
    attachments: attachmentsJson(m),
    status: m.status,
  };
}

/** What Baton says by itself (a fallback text) was not written by a person either. */
function sourceOf(author: string): 'ai' | 'sequence' | 'manual' {
  if (author === 'human') return 'manual';
  return author === 'sequence' ? 'sequence' : 'ai';
}
