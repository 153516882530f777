import { changeMode } from './change-mode.ts';
import { commitReply } from './commit-reply.ts';
import type { Ledger } from './ledger.ts';
import { conversationPayload } from './payloads.ts';
import type { DispatchRow, MessageRow, TimerRow } from './rows.ts';
import type { SendState } from './send-by-hand.ts';

export interface TimerState extends SendState {
  dispatch: DispatchRow | undefined;
  message: MessageRow | undefined;
}

/** What a due timer does. Each looks again at the row it is about: the timer may be older than what happened since. */
export function fireTimer(ledger: Ledger, timer: TimerRow, at: TimerState): void {
  const conversation = ledger.conversation(at.conversation);
  ledger.timer(conversation, timer.kind, null, timer.subject_id);
  switch (timer.kind) {
    case 'takeover_timeout':
      if (conversation.ai_mode !== 'human' || conversation.takeover_expires_at === null || conversation.takeover_expires_at > ledger.now)
        return;
      changeMode(ledger, conversation, { to: 'ai', actor: { kind: 'system', id: '' }, reason: 'takeover_timeout' }, at.modeContext);
      return;
    case 'window_closing':
      if (conversation.ai_mode === 'closed' || conversation.window_expires_at === null) return;
      ledger.emit(conversation, 'window.closing', {
        conversation_id: conversation.conversation_id,
        window_expires_at: conversation.window_expires_at.toISOString(),
      });
      return;
    case 'silence':
      if (conversation.ai_mode === 'closed' || conversation.status !== 'active') return;
      conversation.status = 'abandoned';
      ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
      return;
    case 'debounce': {
      const dispatch = at.dispatch && ledger.dispatch(at.dispatch);
      if (dispatch?.outcome !== 'pending') return;
      dispatch.due_at = null;
      // With a turn running, that turn's end signals this one.
      if (conversation.turn_dispatch_id === null || at.agent.burst === 'supersede') {
        ledger.emit(conversation, 'dispatch.ready', { dispatch_id: dispatch.dispatch_id, recover: false });
      }
      return;
    }
    case 'turn_deadline':
      if (at.dispatch?.outcome !== 'in_flight') return;
      commitReply(
        ledger,
        { ...at, dispatch: at.dispatch },
        {
          epoch: at.dispatch.mode_epoch,
          result: { kind: 'failure', error: 'The backend answered 202 and then nothing before the deadline.' },
          latencyMs: null,
          usage: null,
          attempts: at.dispatch.attempts,
          claimant: '',
        },
      );
      return;
    case 'send_retry':
      if (at.message?.status === 'queued')
        ledger.emit(conversation, 'send.ready', {
          message_id: at.message.message_id,
          channel_account_id: at.message.channel_account_id,
          waited: true,
        });
      return;
    default:
      timer.kind satisfies never;
  }
}
