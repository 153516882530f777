import type { BatonEvent } from '@baton/contracts/events.ts';
import type { AiMode } from '@baton/contracts/vocabulary.ts';
import type { VisitorFrame } from '@baton/widget/protocol.ts';
import { isForVisitors, seenMessage } from '../wire/visitor-message.ts';

/** What an event of their conversation means to a visitor. `reread`: the conversation ended (closed, or erased), so what they see is read anew. */
export function framesOf(event: BatonEvent): { frames: VisitorFrame[]; reread: boolean } {
  switch (event.event_type) {
    case 'message.received':
    case 'message.sent':
    case 'message.delivered':
    case 'message.read': {
      const { payload } = event;
      const frames: VisitorFrame[] = isForVisitors(payload) ? [{ type: 'message', message: seenMessage(payload) }] : [];
      // The decision to ask the AI travels with the message: from here until its outcome, somebody is at it.
      if (payload.dispatch?.outcome === 'pending') frames.push({ type: 'typing', on: true });
      if (event.event_type === 'message.sent') frames.push({ type: 'typing', on: false });
      return { frames, reread: false };
    }
    case 'conversation.created':
      return { frames: [{ type: 'mode', mode: event.payload.ai_mode as AiMode }], reread: false };
    case 'conversation.mode_changed': {
      const mode = event.payload.to_mode as AiMode;
      return {
        frames: [
          { type: 'typing', on: false },
          { type: 'mode', mode },
        ],
        reread: mode === 'closed',
      };
    }
    case 'dispatch.completed':
    case 'dispatch.failed':
    case 'dispatch.suppressed':
      return { frames: [{ type: 'typing', on: false }], reread: false };
    default:
      return { frames: [], reread: false };
  }
}
