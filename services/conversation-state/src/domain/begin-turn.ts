import { suppressDispatch } from './change-mode.ts';
import type { Ledger } from './ledger.ts';
import { dispatchPayload } from './payloads.ts';
import type { AgentRow, ConversationRow, DispatchRow } from './rows.ts';

export interface BeginTurnState {
  conversation: ConversationRow;
  dispatch: DispatchRow;
  agent: AgentRow;
  optedOut: boolean;
  /** The turn that runs in the conversation, where it is another one. */
  running: DispatchRow | undefined;
}

export type BeginTurnDecision =
  | { kind: 'turn'; dispatch: DispatchRow; superseded: string | null }
  | { kind: 'settled' | 'busy' | 'held' }
  | { kind: 'suppressed'; reason: string };

/** A backend may take so many times its own time-out for one turn, retries included. */
export const turnBudget = 3;

/**
 * Whether this turn may begin now. Everything read here was read under the conversation's row lock, and the write is fenced by epoch and outcome.
 * `redelivered`: whoever began it before is gone or stuck, so it may begin again; the backend sees the same dispatch id.
 */
export function beginTurn(ledger: Ledger, loaded: BeginTurnState, redelivered: boolean): BeginTurnDecision {
  const conversation = ledger.conversation(loaded.conversation);
  const dispatch = ledger.dispatch(loaded.dispatch);
  if (dispatch.outcome !== 'pending' && dispatch.outcome !== 'in_flight') return { kind: 'settled' };
  if (dispatch.deferred) return { kind: 'settled' };
  const reason = whyNot(conversation, loaded);
  if (reason !== undefined) {
    suppressDispatch(ledger, conversation, dispatch, reason);
    return { kind: 'suppressed', reason };
  }
  if (dispatch.outcome === 'in_flight' && !redelivered) return { kind: 'held' };
  if (dispatch.due_at !== null && dispatch.due_at > ledger.now) return { kind: 'busy' };
  let superseded: string | null = null;
  if (loaded.running && loaded.running.dispatch_id !== dispatch.dispatch_id) {
    if (loaded.agent.burst !== 'supersede') return { kind: 'busy' };
    superseded = supersede(ledger, conversation, ledger.dispatch(loaded.running), dispatch);
  }
  dispatch.outcome = 'in_flight';
  dispatch.mode_epoch = conversation.mode_epoch;
  dispatch.attempts += 1;
  dispatch.deadline_at = new Date(ledger.now.getTime() + turnBudget * loaded.agent.backend.timeout_ms);
  conversation.turn_dispatch_id = dispatch.dispatch_id;
  if (conversation.pending_dispatch_id === dispatch.dispatch_id) conversation.pending_dispatch_id = null;
  return { kind: 'turn', dispatch, superseded };
}

function whyNot(conversation: ConversationRow, at: BeginTurnState): string | undefined {
  if (conversation.ai_mode === 'human') return 'mode_human';
  if (conversation.ai_mode === 'closed') return 'mode_closed';
  // In flight under an older epoch: a person had the conversation meanwhile, even if it is back with the AI.
  if (at.dispatch.outcome === 'in_flight' && at.dispatch.mode_epoch !== conversation.mode_epoch) return 'stale_epoch';
  if (at.optedOut) return 'opted_out';
  if (!at.agent.enabled) return 'agent_disabled';
  if (at.agent.backend.kind === 'none') return 'no_backend';
  return undefined;
}

/** The new turn answers what the old one was asked as well; the old one's reply will find it settled. */
function supersede(ledger: Ledger, conversation: ConversationRow, old: DispatchRow, next: DispatchRow): string {
  old.outcome = 'superseded';
  old.settled_at = ledger.now;
  next.message_ids = [...old.message_ids, ...next.message_ids];
  if (old.deferred) ledger.timer(conversation, 'turn_deadline', null, old.dispatch_id);
  ledger.emit(conversation, 'dispatch.completed', dispatchPayload(old));
  return old.dispatch_id;
}
