import { createHash } from 'node:crypto';
import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';

// What a NATS header carries unchanged: it trims spaces and knows no line breaks, so other ids would collide or be cut.
const plain = /^[\x21-\x7e]+$/;

function headerSafe(id: string): string {
  return plain.test(id) ? id : `h.${createHash('sha256').update(id).digest('base64url')}`;
}

/** Nats-Msg-Id of a message: the provider's repeats share it. */
export function messageDedupId(message: Pick<InboundMessage, 'provider' | 'channel_account_id' | 'provider_message_id'>): string {
  return `m:${message.provider}:${message.channel_account_id}:${headerSafe(message.provider_message_id)}`;
}

/** Nats-Msg-Id of a receipt: each status of a message once. */
export function receiptDedupId(receipt: Pick<InboundReceipt, 'channel_account_id' | 'provider_message_id' | 'status'>): string {
  return `r:${receipt.channel_account_id}:${headerSafe(receipt.provider_message_id)}:${receipt.status}`;
}
