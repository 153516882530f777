import type { AiMode } from '@baton/contracts/vocabulary.ts';
import type { Ledger } from './ledger.ts';
import { dispatchPayload, messagePayload } from './payloads.ts';
import type { ConversationRow, DispatchRow, MessageRow } from './rows.ts';

export interface Actor {
  kind: string;
  id: string;
}

export interface ModeChangeRequest {
  to: AiMode;
  actor: Actor;
  reason: string;
  /** For `human`: seconds until it ends by itself; null never; undefined: as the agent is set. */
  timeoutSeconds?: number | null;
}

/** What must be on the table for a mode change, all of it read under the conversation's row lock. */
export interface ModeChangeContext {
  agentTimeoutSeconds: number | null;
  /** Every outbound message of the conversation that is queued or sending, in order. */
  openSends: MessageRow[];
  /** The dispatch that waits to begin, if there is one. */
  pending: DispatchRow | undefined;
}

/**
 * One mode change: mode, epoch + 1, history, queued AI messages cancelled, the waiting turn suppressed, event. The running turn is let go of;
 * its reply will meet a newer epoch. Returns false when the conversation is in that mode already (then nothing but leftovers of a hand-off changes).
 * The caller has refused leaving `closed`.
 */
export function changeMode(ledger: Ledger, conversation: ConversationRow, request: ModeChangeRequest, context: ModeChangeContext): boolean {
  const { to } = request;
  // Also when the mode stays: a hand-off's last words may still be queued, and a person who asks for the conversation must have it.
  if (to !== 'ai' && request.actor.kind !== 'ai') cancelQueued(ledger, conversation, context.openSends);
  if (conversation.ai_mode === to) return false;
  const from = conversation.ai_mode;
  conversation.ai_mode = to;
  conversation.mode_epoch += 1;
  conversation.turn_dispatch_id = null;
  if (request.actor.kind === 'ai') keepQueued(ledger, conversation, context.openSends);
  conversation.taken_over_by = to === 'human' ? userOf(request.actor) : null;
  setTakeoverTimeout(ledger, conversation, request, context.agentTimeoutSeconds);
  ledger.timer(conversation, 'silence', null);
  if (to !== 'ai' && context.pending) {
    suppressDispatch(ledger, conversation, ledger.dispatch(context.pending), to === 'closed' ? 'mode_closed' : 'mode_human');
  }
  if (to === 'closed') {
    conversation.closed_at = ledger.now;
    ledger.timer(conversation, 'window_closing', null);
  }
  ledger.also.modeHistory.push({
    workspace_id: conversation.workspace_id,
    conversation_id: conversation.conversation_id,
    mode_epoch: conversation.mode_epoch,
    from_mode: from,
    to_mode: to,
    actor_kind: request.actor.kind,
    actor_id: request.actor.id,
    reason: request.reason,
    created_at: ledger.now,
  });
  ledger.emit(conversation, 'conversation.mode_changed', {
    conversation_id: conversation.conversation_id,
    from_mode: from,
    to_mode: to,
    mode_epoch: conversation.mode_epoch,
    actor_user_id: userOf(request.actor),
    reason: request.reason,
  });
  return true;
}

const userOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.id : null);

/**
 * Among people a conversation changes hands without a change of mode. `claims`: the user asks for it; one who merely writes gets what is nobody's.
 * True when it is somebody else's now.
 */
export function passTo(conversation: ConversationRow, actor: Actor, o: { claims: boolean }): boolean {
  const user = userOf(actor);
  if (conversation.ai_mode !== 'human' || user === null || conversation.taken_over_by === user) return false;
  if (!o.claims && conversation.taken_over_by !== null) return false;
  conversation.taken_over_by = user;
  return true;
}

/** The takeover lasts from the last human message on; each one starts it anew. */
export function extendTakeover(ledger: Ledger, conversation: ConversationRow, agentTimeoutSeconds: number | null): void {
  if (conversation.ai_mode !== 'human') return;
  const seconds = conversation.takeover_timeout_seconds ?? agentTimeoutSeconds;
  applyExpiry(ledger, conversation, seconds);
}

function setTakeoverTimeout(ledger: Ledger, conversation: ConversationRow, request: ModeChangeRequest, agentSeconds: number | null): void {
  if (request.to !== 'human') {
    conversation.takeover_timeout_seconds = null;
    applyExpiry(ledger, conversation, null);
    return;
  }
  conversation.takeover_timeout_seconds = request.timeoutSeconds === null ? 0 : (request.timeoutSeconds ?? null);
  applyExpiry(ledger, conversation, conversation.takeover_timeout_seconds ?? agentSeconds);
}

function applyExpiry(ledger: Ledger, conversation: ConversationRow, seconds: number | null): void {
  const expires = seconds === null || seconds === 0 ? null : new Date(ledger.now.getTime() + seconds * 1000);
  if (expires === null && conversation.takeover_expires_at === null) return;
  conversation.takeover_expires_at = expires;
  ledger.timer(conversation, 'takeover_timeout', expires);
}

function cancelQueued(ledger: Ledger, conversation: ConversationRow, open: MessageRow[]): void {
  const messages = open.map((loaded) => ledger.message(loaded));
  const cancelled = messages.filter((message) => message.author === 'ai' && message.status === 'queued');
  for (const message of cancelled) cancelMessage(ledger, conversation, message);
  // Last words that a provider has now may still arrive; back in the queue they are as stale as any other.
  for (const message of messages) if (message.author === 'ai' && message.status === 'sending') message.parting = false;
  // What waited behind a cancelled message was told to wait for its end, which will never be recorded.
  const first = messages.find((message) => message.status === 'queued' || message.status === 'sending');
  if (first?.status === 'queued' && cancelled.some((message) => message.sequence < first.sequence)) {
    ledger.emit(conversation, 'send.ready', { message_id: first.message_id, channel_account_id: first.channel_account_id });
  }
}

/** What the AI said before it handed over by its own decision still goes out. */
function keepQueued(ledger: Ledger, conversation: ConversationRow, open: MessageRow[]): void {
  for (const loaded of open) {
    const message = ledger.message(loaded);
    if (message.author !== 'ai' || message.status !== 'queued') continue;
    message.mode_epoch = conversation.mode_epoch;
    message.parting = true;
  }
}

/** A reply that was accepted but that no sender may take any more. */
export function cancelMessage(ledger: Ledger, conversation: ConversationRow, message: MessageRow): void {
  message.status = 'cancelled';
  message.error_code = 'stale_epoch';
  message.error_detail = 'The conversation was taken out of the AI’s hands before this message was sent.';
  message.status_history = [...message.status_history, { status: 'cancelled', at: ledger.now.toISOString(), detail: 'stale_epoch' }];
  ledger.timer(conversation, 'send_retry', null, message.message_id);
  ledger.emit(conversation, 'message.failed', messagePayload(message));
}

/** The decision not to call the AI, with its reason, as row and event. */
export function suppressDispatch(ledger: Ledger, conversation: ConversationRow, dispatch: DispatchRow, reason: string): void {
  dispatch.outcome = 'suppressed';
  dispatch.reason = reason;
  dispatch.settled_at = ledger.now;
  if (dispatch.due_at) ledger.timer(conversation, 'debounce', null, dispatch.dispatch_id);
  if (dispatch.deferred) ledger.timer(conversation, 'turn_deadline', null, dispatch.dispatch_id);
  if (conversation.pending_dispatch_id === dispatch.dispatch_id) conversation.pending_dispatch_id = null;
  if (conversation.turn_dispatch_id === dispatch.dispatch_id) conversation.turn_dispatch_id = null;
  ledger.emit(conversation, 'dispatch.suppressed', dispatchPayload(dispatch));
}
