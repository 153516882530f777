import type { EventPayloads } from '@baton/contracts/events.ts';
import type { SeenMessage } from '@baton/widget/protocol.ts';
import type { Message } from '../schemas/message.ts';

type Shown = Pick<
  EventPayloads['message.sent'] | Message,
  | 'message_id'
  | 'conversation_id'
  | 'sequence'
  | 'direction'
  | 'author'
  | 'sender_name'
  | 'text'
  | 'attachments'
  | 'status'
  | 'provider_message_id'
  | 'created_at'
  | 'sent_at'
>;

const sentStatuses: readonly string[] = ['sent', 'delivered', 'read'];

/** What is only queued may still be cancelled by a takeover: the customer sees what was sent, and nothing before it is. */
export function isForVisitors(m: Shown): boolean {
  return m.direction === 'inbound' || sentStatuses.includes(m.status);
}

export function seenMessage(m: Shown): SeenMessage {
  const inbound = m.direction === 'inbound';
  return {
    id: m.message_id,
    client_id: inbound ? clientId(m.provider_message_id) : null,
    position: `${m.conversation_id}.${String(m.sequence).padStart(9, '0')}`,
    author: inbound ? 'visitor' : m.author === 'ai' || m.author === 'human' ? m.author : 'system',
    name: inbound ? null : m.sender_name,
    text: m.text,
    attachments: m.attachments.map((a) => ({ url: a.url, content_type: a.content_type ?? '', size: a.size ?? 0, name: a.name ?? '' })),
    status: inbound ? 'received' : (m.status as SeenMessage['status']),
    at: inbound ? m.created_at : (m.sent_at ?? m.created_at),
  };
}

/** The visitor stands in front of it (`@baton/channels/web/inbound.ts`). */
function clientId(providerMessageId: string | null): string | null {
  return providerMessageId === null ? null : providerMessageId.slice(providerMessageId.indexOf(':') + 1);
}
