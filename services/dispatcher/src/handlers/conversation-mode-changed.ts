import { readSignal, UnreadableSignal } from '../signals.ts';
import type { RunningTurns } from '../turns/running-turns.ts';

/** `conversation.mode_changed`, read live by every instance: cuts off AI calls in flight that have lost the right to answer. Losing one is harmless. */
export function conversationModeChanged(running: RunningTurns, data: Uint8Array): void {
  if (running.size === 0) return;
  try {
    const event = readSignal('conversation.mode_changed', data);
    running.modeChanged(event.conversation_id, event.payload.mode_epoch);
  } catch (error) {
    if (!(error instanceof UnreadableSignal)) throw error;
  }
}
