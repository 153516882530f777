import type { EventPayloads } from '@baton/contracts/events.ts';
import type { ConversationRow, DispatchRow, MessageRow } from './rows.ts';

type MessagePayload = EventPayloads['message.received'];

/** A message as events show it. */
export function messagePayload(m: MessageRow, dispatch: MessagePayload['dispatch'] = null): MessagePayload {
  return {
    message_id: m.message_id,
    conversation_id: m.conversation_id,
    sequence: m.sequence,
    direction: m.direction,
    author: m.author,
    sender_name: m.sender_name,
    channel: m.channel,
    channel_account_id: m.channel_account_id,
    from_number: m.from_number,
    to_number: m.to_number,
    text: m.text,
    attachments: m.attachments,
    status: m.status,
    error: m.error_code === null ? null : { code: m.error_code, detail: m.error_detail ?? '' },
    segments: m.segments,
    provider_message_id: m.provider_message_id,
    dispatch_id: m.dispatch_id,
    created_at: m.created_at.toISOString(),
    sent_at: m.sent_at?.toISOString() ?? null,
    delivered_at: m.delivered_at?.toISOString() ?? null,
    read_at: m.read_at?.toISOString() ?? null,
    contact_id: m.contact_id,
    dispatch,
  };
}

export function dispatchDecision(d: DispatchRow): NonNullable<MessagePayload['dispatch']> {
  return { dispatch_id: d.dispatch_id, outcome: d.outcome, reason: d.reason, due_at: d.due_at?.toISOString() ?? null };
}

export function dispatchPayload(d: DispatchRow): EventPayloads['dispatch.completed'] {
  return {
    dispatch_id: d.dispatch_id,
    conversation_id: d.conversation_id,
    message_ids: d.message_ids,
    outcome: d.outcome,
    reason: d.reason,
    mode_epoch: d.mode_epoch,
    attempts: d.attempts,
    latency_ms: d.latency_ms,
    reply_message_ids: d.reply_message_ids,
    error: d.error,
    suggestion_status: d.suggestion_status,
  };
}

export function conversationPayload(c: ConversationRow): EventPayloads['conversation.created'] {
  return {
    conversation_id: c.conversation_id,
    from_number: c.remote_address,
    to_number: c.own_address,
    contact_id: c.contact_id,
    ai_mode: c.ai_mode,
    mode_epoch: c.mode_epoch,
    status: c.status,
    subject: c.subject,
    tags: c.tags,
    needs_handoff: c.needs_handoff,
    unread: c.unread,
    previous_conversation_id: c.previous_conversation_id,
    taken_over_by: c.taken_over_by,
  };
}
