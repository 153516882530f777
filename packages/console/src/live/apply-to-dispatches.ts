import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import type { Dispatch } from '../data/types.ts';

/** The decisions of a conversation (newest first) after an event: begun with the customer's message, settled later. */
export function applyToDispatches(rows: readonly Dispatch[], event: BatonEvent): readonly Dispatch[] {
  switch (event.event_type) {
    case 'message.received': {
      const { dispatch, message_id } = event.payload;
      if (!dispatch) return rows;
      const known = rows.find(({ dispatch_id }) => dispatch_id === dispatch.dispatch_id);
      const message_ids = [...new Set([...(known?.message_ids ?? []), message_id])];
      const begun = { ...(known ?? begunAt(dispatch.dispatch_id, event.timestamp)), message_ids };
      // What was settled stays so: a repeat of the decision comes after it in no case that we know, but would tell less.
      const next = known?.settled_at ? begun : { ...begun, outcome: dispatch.outcome, reason: dispatch.reason };
      return [next, ...rows.filter(({ dispatch_id }) => dispatch_id !== dispatch.dispatch_id)];
    }
    case 'dispatch.completed':
    case 'dispatch.failed':
    case 'dispatch.suppressed': {
      const { conversation_id: _, ...settled } = event.payload;
      const known = rows.find(({ dispatch_id }) => dispatch_id === settled.dispatch_id);
      const next = { ...(known ?? begunAt(settled.dispatch_id, event.timestamp)), ...settled, settled_at: event.timestamp };
      return known ? rows.map((row) => (row === known ? next : row)) : [next, ...rows];
    }
    default:
      return rows;
  }
}

function begunAt(dispatch_id: string, created_at: string): Dispatch {
  return {
    dispatch_id,
    message_ids: [],
    outcome: 'pending',
    reason: null,
    mode_epoch: 0,
    attempts: 0,
    latency_ms: null,
    reply_message_ids: [],
    suggestion: null,
    error: null,
    usage: null,
    shadow: null,
    handoff: null,
    created_at,
    settled_at: null,
  };
}
