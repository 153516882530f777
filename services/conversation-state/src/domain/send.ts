import type { MessageStatus } from '@baton/contracts/vocabulary.ts';
import { cancelMessage } from './change-mode.ts';
import { windowFoundClosed } from './channel/window.ts';
import { requestHandoff } from './commit-reply.ts';
import { isErased } from './contact/erased.ts';
import type { Ledger } from './ledger.ts';
import { claimFor } from './outbound.ts';
import { conversationPayload, messagePayload } from './payloads.ts';
import type { ConversationRow, EarlyReceiptRow, MessageRow } from './rows.ts';

export interface ClaimState {
  conversation: ConversationRow;
  message: MessageRow;
  /** An earlier outbound message of the conversation is queued or sending. */
  blocked: boolean;
  optedOut: boolean;
  /** The next queued message of the conversation, for when this one leaves the queue without being sent. */
  next: NextSend | null;
}

export type NextSend = Pick<MessageRow, 'message_id' | 'channel_account_id'>;

export type ClaimDecision =
  | { kind: 'claimed'; message: MessageRow }
  | { kind: 'in_doubt'; message: MessageRow; stale: boolean }
  | { kind: 'cancelled' | 'settled' | 'waits' };

/** After so many claims that came to nothing a message has failed. */
export const maxClaims = 8;
/** The same where the provider only says that it is too much for now: that says nothing against the message. */
export const maxRefusedClaims = 50;

/** Whether the fence has moved past this message: an AI's words under another epoch, or after the conversation left `ai` (its last words excepted). */
export function isStale(conversation: ConversationRow, message: MessageRow): boolean {
  if (message.author !== 'ai') return false;
  return message.mode_epoch !== conversation.mode_epoch || (conversation.ai_mode !== 'ai' && !message.parting);
}

/**
 * The point of no return, and the only one: once the claim is committed the provider may be called.
 * Order is kept here as well: a message waits for the earlier ones of its conversation.
 */
export function claimSend(ledger: Ledger, loaded: ClaimState, by: { claimant: string; insteadOfClaim: number }): ClaimDecision {
  const conversation = ledger.conversation(loaded.conversation);
  const message = ledger.message(loaded.message);
  const stale = isStale(conversation, message);
  if (message.status === 'sending') {
    if (by.claimant !== '' && message.claimant === by.claimant) return { kind: 'claimed', message };
    // A claim of its own, fenced like any other: under the old one, a late "surely not sent" of its holder would put the message back into the queue
    // while it is being sent again, and a takeover would cancel and not name it.
    if (by.insteadOfClaim !== message.claim || stale) return { kind: 'in_doubt', message, stale };
    claimFor(ledger, message, by.claimant);
    return { kind: 'claimed', message };
  }
  if (message.status !== 'queued') return { kind: 'settled' };
  if (stale) {
    cancelMessage(ledger, conversation, message);
    wakeNext(ledger, conversation, loaded.next);
    return { kind: 'cancelled' };
  }
  if (loaded.blocked) return { kind: 'waits' };
  if (loaded.optedOut) {
    failMessage(ledger, conversation, message, {
      code: 'recipient_opted_out',
      detail: 'The recipient opted out before this message was sent.',
    });
    wakeNext(ledger, conversation, loaded.next);
    return { kind: 'settled' };
  }
  claimFor(ledger, message, by.claimant);
  return { kind: 'claimed', message };
}

export interface SendResult {
  claim: number;
  /** `postpone`: nobody has claimed it; its account takes nothing now. */
  outcome: 'sent' | 'failed' | 'unknown' | 'requeue' | 'postpone';
  provider_message_id: string;
  error_code: string;
  error_detail: string;
  retry_after_ms: number;
  occurred_at: Date;
}

/** What the provider said about a claimed message. A result of an older claim changes nothing. */
export function recordSend(
  ledger: Ledger,
  loaded: ClaimState & { earlyReceipts: EarlyReceiptRow[] },
  result: SendResult,
): 'recorded' | 'already_settled' {
  const conversation = ledger.conversation(loaded.conversation);
  const message = ledger.message(loaded.message);
  if (result.outcome === 'postpone') return postpone(ledger, conversation, message, result.retry_after_ms);
  // A sender that was given up for lost and reports after all knows better than the doubt.
  const late = message.status === 'unknown' && result.outcome === 'sent';
  if ((message.status !== 'sending' && !late) || message.claim !== result.claim) return 'already_settled';
  switch (result.outcome) {
    case 'sent':
      message.status = 'sent';
      message.sent_at = result.occurred_at;
      message.error_code = null;
      message.error_detail = null;
      message.provider_message_id = result.provider_message_id || null;
      message.status_history = [...message.status_history, step('sent', ledger.now)];
      ledger.emit(conversation, 'message.sent', messagePayload(message));
      for (const receipt of loaded.earlyReceipts) applyEarly(ledger, conversation, message, receipt);
      break;
    case 'failed':
      failMessage(ledger, conversation, message, { code: result.error_code || 'provider_error', detail: result.error_detail });
      break;
    case 'unknown':
      message.status = 'unknown';
      message.error_code = result.error_code || 'unknown';
      message.error_detail = result.error_detail;
      message.status_history = [...message.status_history, step('unknown', ledger.now, result.error_detail)];
      ledger.emit(conversation, 'message.failed', messagePayload(message));
      break;
    case 'requeue':
      return requeue(ledger, conversation, message, { result, next: loaded.next });
    default:
      result.outcome satisfies never;
  }
  wakeNext(ledger, conversation, loaded.next);
  return 'recorded';
}

function applyEarly(ledger: Ledger, conversation: ConversationRow, message: MessageRow, receipt: EarlyReceiptRow): void {
  applyReceipt(ledger, conversation, message, {
    status: receipt.status as ReceiptFact['status'],
    at: receipt.occurred_at,
    error: receipt.error_code === null ? null : { code: receipt.error_code, detail: receipt.error_detail ?? '' },
  });
  ledger.also.earlyReceiptsDone.push({
    channel_account_id: receipt.channel_account_id,
    provider_message_id: receipt.provider_message_id,
    status: receipt.status,
  });
}

/** Surely not sent: back in the queue, where the fence will look at it again. */
function requeue(
  ledger: Ledger,
  conversation: ConversationRow,
  message: MessageRow,
  o: { result: SendResult; next: NextSend | null },
): 'recorded' {
  if (isStale(conversation, message)) {
    cancelMessage(ledger, conversation, message);
    wakeNext(ledger, conversation, o.next);
  } else if (message.claim >= (o.result.error_code === 'rate_limited' ? maxRefusedClaims : maxClaims)) {
    failMessage(ledger, conversation, message, { code: o.result.error_code || 'provider_unavailable', detail: o.result.error_detail });
    wakeNext(ledger, conversation, o.next);
  } else {
    message.status = 'queued';
    message.status_history = [...message.status_history, step('queued', ledger.now, o.result.error_detail || null)];
    setRetry(ledger, conversation, message, o.result.retry_after_ms);
  }
  return 'recorded';
}

/** The backlog of an account that takes nothing now waits here, as rows, and not with whoever sends. */
function postpone(ledger: Ledger, conversation: ConversationRow, message: MessageRow, ms: number): 'recorded' | 'already_settled' {
  if (message.status !== 'queued') return 'already_settled';
  setRetry(ledger, conversation, message, ms);
  return 'recorded';
}

function setRetry(ledger: Ledger, conversation: ConversationRow, message: MessageRow, ms: number): void {
  const wait = Math.min(Math.max(ms, 100), 3_600_000);
  ledger.timer(conversation, 'send_retry', new Date(ledger.now.getTime() + wait), message.message_id);
}

function failMessage(ledger: Ledger, conversation: ConversationRow, message: MessageRow, error: { code: string; detail: string }): void {
  message.status = 'failed';
  message.error_code = error.code;
  message.error_detail = isErased(conversation) ? null : error.detail;
  message.status_history = [...message.status_history, step('failed', ledger.now, error.code)];
  ledger.emit(conversation, 'message.failed', messagePayload(message));
  if (error.code === 'window_expired') learnClosedWindow(ledger, conversation, message);
}

/** The provider knows better than our clock. What the AI said has not reached the customer, and only a person can decide on a template. */
function learnClosedWindow(ledger: Ledger, conversation: ConversationRow, message: MessageRow): void {
  const end = windowFoundClosed(conversation.window_expires_at, message);
  if (end === null || conversation.ai_mode === 'closed') return;
  conversation.window_expires_at = end;
  ledger.timer(conversation, 'window_closing', null);
  if (message.author === 'ai' && !conversation.needs_handoff) {
    requestHandoff(ledger, conversation, { dispatch_id: message.dispatch_id, reason: 'window_expired', summary: null });
  }
  ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
}

function wakeNext(ledger: Ledger, conversation: ConversationRow, next: NextSend | null): void {
  if (next !== null) ledger.emit(conversation, 'send.ready', { message_id: next.message_id, channel_account_id: next.channel_account_id });
}

export interface ReceiptFact {
  status: 'sent' | 'delivered' | 'read' | 'failed';
  at: Date;
  error: { code: string; detail: string } | null;
}

const rank: Partial<Record<MessageStatus, number>> = { sending: 0, unknown: 1, sent: 2, delivered: 3, read: 4 };
const ranks = { sent: 2, delivered: 3, read: 4 } as const;

/** Moves a message forward along sent → delivered → read, never back. `failed` counts only before delivery. True when something changed. */
export function applyReceipt(ledger: Ledger, conversation: ConversationRow, message: MessageRow, receipt: ReceiptFact): boolean {
  const present = rank[message.status];
  if (present === undefined) return false;
  if (receipt.status === 'failed') {
    if (present >= ranks.delivered) return false;
    failMessage(ledger, conversation, message, receipt.error ?? { code: 'provider_error', detail: '' });
    return true;
  }
  if (present >= ranks[receipt.status]) return false;
  message.status = receipt.status;
  message.error_code = null;
  message.error_detail = null;
  message.sent_at ??= receipt.at;
  if (receipt.status !== 'sent') message.delivered_at ??= receipt.at;
  if (receipt.status === 'read') message.read_at = receipt.at;
  message.status_history = [...message.status_history, step(receipt.status, ledger.now)];
  ledger.emit(conversation, `message.${receipt.status}`, messagePayload(message));
  return true;
}

function step(status: MessageStatus, at: Date, detail: string | null = null) {
  return { status, at: at.toISOString(), detail };
}
