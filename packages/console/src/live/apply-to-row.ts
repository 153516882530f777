import { windowOf } from '@baton/channels/window.ts';
import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import type { Conversation } from '../data/types.ts';

const hourMs = 60 * 60 * 1000;

/** The conversation after an event of its own. */
export function applyToRow(row: Conversation, event: BatonEvent): Conversation {
  switch (event.event_type) {
    case 'message.received':
    case 'message.queued':
      return afterMessage(row, event);
    case 'message.opt_out':
    case 'message.opt_in':
      return { ...row, opt_out: event.event_type === 'message.opt_out' };
    case 'conversation.created':
    case 'conversation.updated': {
      const { status, subject, tags, needs_handoff, unread, ai_mode, mode_epoch, taken_over_by } = event.payload;
      return { ...row, status, subject, tags, needs_handoff, unread, ai_mode, mode_epoch, taken_over_by, updated_at: event.timestamp };
    }
    case 'conversation.mode_changed': {
      const { to_mode, mode_epoch, actor_user_id } = event.payload;
      // A change that was overtaken says nothing of who answers now.
      if (mode_epoch < row.mode_epoch) return row;
      const closed_at = to_mode === 'closed' ? (row.closed_at ?? event.timestamp) : row.closed_at;
      const human = to_mode === 'human';
      const taken = { taken_over_by: human ? actor_user_id : null, takeover_expires_at: human ? row.takeover_expires_at : null };
      return { ...row, ...taken, ai_mode: to_mode, mode_epoch, closed_at };
    }
    case 'conversation.handoff_requested':
      return { ...row, needs_handoff: true };
    case 'window.closing':
      return { ...row, window_expires_at: event.payload.window_expires_at };
    default:
      return row;
  }
}

type MessageEvent = Extract<BatonEvent, { event_type: 'message.received' | 'message.queued' }>;

function afterMessage(row: Conversation, { payload, timestamp, channel }: MessageEvent): Conversation {
  const byCustomer = payload.author === 'contact';
  const window = windowOf(channel);
  return {
    ...row,
    channel,
    last_message_preview: payload.text || row.last_message_preview,
    last_message_at: payload.created_at,
    message_count: Math.max(row.message_count, payload.sequence),
    unread: byCustomer ? true : row.unread,
    // Each message of the customer opens it anew; `windowAfter` of conversation-state reckons the same.
    window_expires_at:
      byCustomer && window ? new Date(Date.parse(payload.created_at) + window.hours * hourMs).toISOString() : row.window_expires_at,
    updated_at: timestamp,
  };
}

/** Whether it moves the conversation to the top of the list. */
export function isActivity(event: BatonEvent): boolean {
  return event.event_type === 'message.received' || event.event_type === 'message.queued';
}

/** Whether it may bring a conversation into a list that does not hold it; a receipt never does. */
export function mayBringIn({ event_type }: BatonEvent): boolean {
  if (event_type === 'conversation.note_changed') return false;
  return event_type.startsWith('conversation.') || event_type === 'message.received' || event_type === 'message.queued';
}
