import type { InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import type { ReceiptStatus } from '@baton/contracts/vocabulary.ts';
import type { Account } from '../provider.ts';
import { cleanText, clip } from '../wire/text.ts';

/** The customer wants no more mail from us, and said so to their own provider or by a link. */
export interface Notice {
  kind: 'complained' | 'unsubscribed';
  /** Of the notice, so that a repeat is known. */
  id: string;
  customer: string;
  at: Date;
}

export interface About {
  account: Account;
  /** The Message-ID of our mail. */
  id: string;
  messageId: string;
  at: Date;
  receivedAt: Date;
}

export function receiptOf(about: About, what: { status: ReceiptStatus; code?: string; detail?: string }): InboundReceipt {
  return {
    workspace_id: about.account.workspaceId,
    channel_account_id: about.account.channelAccountId,
    provider: 'email',
    provider_message_id: about.id,
    status: what.status,
    occurred_at: about.at.toISOString(),
    received_at: about.receivedAt.toISOString(),
    error_code: what.code ?? '',
    error_detail: clip(cleanText(what.detail ?? ''), 1000),
    message_id: about.messageId,
  };
}

/**
 * Why a mail was refused for good, in our words: by the enhanced status code (RFC 3463) where the answer has one, else by the reply code.
 * `reason`: the sending service's own word.
 */
export function reasonOf(code: number, answer: string, reason = ''): { code: string; detail: string } {
  const detail = clip(answer || reason || `The mail server answered ${code}.`, 1000);
  if (/unsubscribe|complaint/.test(reason)) return { code: 'recipient_opted_out', detail };
  const [, kind, which] = /\b[45]\.(\d{1,3})\.(\d{1,3})\b/.exec(answer.slice(0, 2000)) ?? [];
  if (kind === '1' && which !== '7' && which !== '8') return { code: 'recipient_invalid', detail };
  if (kind === '2' || kind === '4') return { code: 'recipient_unreachable', detail };
  if (kind === '7') return { code: 'message_filtered', detail };
  if (kind === '3' && which === '4') return { code: 'attachment_refused', detail };
  if (code === 552) return { code: 'attachment_refused', detail };
  if (code === 550 || code === 551 || code === 553 || /bounce/i.test(reason)) return { code: 'recipient_invalid', detail };
  return { code: code >= 400 && code <= 699 ? `smtp_${code}` : 'recipient_unreachable', detail };
}
