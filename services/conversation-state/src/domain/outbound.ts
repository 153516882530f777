import { smsSize } from '@baton/channels/segments.ts';
import type { Author } from '@baton/contracts/vocabulary.ts';
import { answerMail } from './channel/mail-thread.ts';
import type { Content } from './channel/parts.ts';
import type { Ledger } from './ledger.ts';
import { messagePayload } from './payloads.ts';
import type { ConversationRow, JsonObject, MessageRow, TemplateRef } from './rows.ts';

export interface OutboundDraft extends Content {
  author: Author;
  template?: TemplateRef | null;
  sender_name?: string | null;
  metadata?: JsonObject;
  dispatch_id?: string | null;
  /** Written in the step that takes the conversation out of `ai`. */
  parting?: boolean;
  /** Claimed in the moment it is accepted, for this claimant; absent: a signal tells the senders. */
  claimant?: string;
}

/** Appends an outbound message on the conversation's present channel, queued for sending under its present epoch. */
export function queueMessage(ledger: Ledger, conversation: ConversationRow, draft: OutboundDraft): MessageRow {
  conversation.message_count += 1;
  conversation.last_message_preview = preview(draft.text, draft.attachments);
  conversation.last_message_at = ledger.now;
  ledger.active(conversation);
  const messageId = ledger.moment.newId('message');
  const message = ledger.addMessage({
    message_id: messageId,
    workspace_id: conversation.workspace_id,
    conversation_id: conversation.conversation_id,
    sequence: conversation.message_count,
    direction: 'outbound',
    author: draft.author,
    sender_name: draft.sender_name ?? null,
    channel: conversation.channel,
    channel_account_id: conversation.channel_account_id,
    from_number: conversation.remote_address,
    to_number: conversation.own_address,
    contact_id: conversation.contact_id,
    text: draft.text,
    attachments: draft.attachments,
    template: draft.template ?? null,
    metadata: conversation.channel === 'email' ? { ...draft.metadata, email: answerMail(conversation, messageId) } : (draft.metadata ?? {}),
    status: 'queued',
    status_history: [{ status: 'queued', at: ledger.now.toISOString(), detail: null }],
    error_code: null,
    error_detail: null,
    ...smsSize(conversation.channel, draft.text),
    provider_message_id: null,
    dispatch_id: draft.dispatch_id ?? null,
    mode_epoch: conversation.mode_epoch,
    parting: draft.parting ?? false,
    claim: 0,
    claimant: null,
    created_at: ledger.now,
    sent_at: null,
    delivered_at: null,
    read_at: null,
  });
  ledger.emit(conversation, 'message.queued', messagePayload(message));
  if (draft.claimant !== undefined) claimFor(ledger, message, draft.claimant);
  else ledger.emit(conversation, 'send.ready', { message_id: message.message_id, channel_account_id: message.channel_account_id });
  return message;
}

/** From the commit of this on, the provider may have the message. */
export function claimFor(ledger: Ledger, message: MessageRow, claimant: string): void {
  message.status = 'sending';
  message.claim += 1;
  message.claimant = claimant;
  message.status_history = [...message.status_history, { status: 'sending', at: ledger.now.toISOString(), detail: null }];
}

/**
 * Whether it was claimed with its acceptance and has been on its way ever since, however often it was tried: then only its turn's signal speaks of it. Once
 * it was put back into the queue it has a signal of its own.
 */
export function goesByItsTurn(message: Pick<MessageRow, 'status' | 'status_history'>): boolean {
  const [queued, claimed, ...later] = message.status_history;
  return message.status === 'sending' && claimed?.at === queued?.at && later.every((step) => step.status === 'sending');
}

/** The first 120 characters in one line, or what kind of thing came without a text. */
export function preview(text: string, attachments: { name: string; content_type: string }[]): string {
  const line = text.slice(0, 1000).replaceAll(/\s+/g, ' ').trim();
  if (line !== '') return line.length <= 120 ? line : [...line].slice(0, 120).join('');
  const first = attachments[0];
  return first ? `[${first.name || first.content_type || 'attachment'}]` : '';
}
