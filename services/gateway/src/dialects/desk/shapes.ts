import type { Conversation, Message } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { customerAddress } from '../../wire/conversation.ts';
import { attachmentsJson } from '../../wire/message.ts';
import { iso } from '../../wire/time.ts';
import type { DeskConversation, DeskMessage, DeskStatus } from './schemas.ts';

const phoneChannels: ReadonlySet<string> = new Set(['sms', 'whatsapp', 'voice']);
const settledLabels = ['completed', 'archived'];
const openLabels = ['active', 'escalated', 'abandoned'];

/** `messages` newest first. */
export function deskConversation(c: Conversation, messages: Message[]): DeskConversation {
  const address = customerAddress(c) ?? '';
  return {
    id: c.conversationId,
    customer_id: c.contactId,
    customer_name: c.contact?.name ?? '',
    customer_email: c.contact?.email ?? (c.channel === 'email' ? address : ''),
    customer_phone: c.contact?.phone ?? (phoneChannels.has(c.channel) ? address : ''),
    channel: c.channel as DeskConversation['channel'],
    status: statusOf(c),
    subject: c.subject ?? '',
    // A message that is only a file has no text, but a preview.
    last_message: messages[0]?.text || (c.lastMessagePreview ?? ''),
    timestamp: iso(c.createdAt),
    unread: c.unread,
    tags: c.tags,
    message_count: c.messageCount,
    messages: messages.map(deskMessage),
  };
}

export function statusOf(c: Pick<Conversation, 'aiMode' | 'status'>): DeskStatus {
  if (c.aiMode === 'closed') return 'closed';
  return settledLabels.includes(c.status) ? 'resolved' : 'open';
}

/** What a filter by this status asks for. */
export function filterOf(status: DeskStatus): { closed: boolean; statuses: string[] } {
  if (status === 'closed') return { closed: true, statuses: [] };
  return { closed: false, statuses: status === 'resolved' ? settledLabels : openLabels };
}

export function deskMessage(m: Message): DeskMessage {
  return {
    id: m.messageId,
    conversation_id: m.conversationId,
    sender: m.author === 'contact' ? 'customer' : 'assistant',
    content: m.text,
    timestamp: iso(m.createdAt),
    attachments: attachmentsJson(m),
    status: m.status,
  };
}
