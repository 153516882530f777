import type { Attachment, Message as WireMessage } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { Static } from 'typebox';
import type { Attachments } from '../schemas/common.ts';
import type { Message } from '../schemas/message.ts';
import { iso, isoOrNull } from './time.ts';

export function messageJson(m: WireMessage): Message {
  return {
    message_id: m.messageId,
    conversation_id: m.conversationId,
    sequence: m.sequence,
    direction: m.direction as Message['direction'],
    author: m.author as Message['author'],
    sender_name: m.senderName ?? null,
    channel: m.channel as Message['channel'],
    text: m.text,
    attachments: attachmentsJson(m),
    status: m.status as Message['status'],
    error: m.error ? { code: m.error.code, detail: m.error.detail } : null,
    segments: m.segments,
    encoding: m.encoding || null,
    provider_message_id: m.providerMessageId ?? null,
    dispatch_id: m.dispatchId ?? null,
    created_at: iso(m.createdAt),
    sent_at: isoOrNull(m.sentAt),
    delivered_at: isoOrNull(m.deliveredAt),
    read_at: isoOrNull(m.readAt),
  };
}

export function attachmentsJson({ attachments }: Pick<WireMessage, 'attachments'>): Static<typeof Attachments> {
  return attachments.map((a) => ({ url: a.url, content_type: a.contentType, size: a.size, name: a.name }));
}

export function attachmentsOf(attachments: Static<typeof Attachments> | undefined): Attachment[] {
  return (attachments ?? []).map((a, index) => {
    // The pattern lets through what no client could ever fetch, such as http://[.
    if (!URL.canParse(a.url)) throw invalidField(`/attachments/${index}/url`, 'must be an http or https URL');
    return { url: a.url, contentType: a.content_type ?? '', size: a.size ?? 0, name: a.name ?? '' };
  });
}

/** The text of a request, whichever of the two names it came under. */
export function textOf(given: { body?: string | undefined; text?: string | undefined }): string {
  return given.body ?? given.text ?? '';
}

/** Text and attachments of a message that must have at least one of them. */
export function contentOf(
  given: { body?: string; text?: string; attachments?: Static<typeof Attachments> },
  path = '',
): { text: string; attachments: Attachment[] } {
  const content = { text: textOf(given), attachments: attachmentsOf(given.attachments) };
  if (content.text.trim() === '' && content.attachments.length === 0)
    throw invalidField(`${path}/body`, 'a message needs a text or an attachment');
  return content;
}
