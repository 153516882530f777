import type { Provider } from '@baton/contracts/vocabulary.ts';
import { changeMode, type ModeChangeContext } from './change-mode.ts';
import { type Content, filesApart, partsOf, passesAnywhere } from './channel/parts.ts';
import { canSendFreeForm } from './channel/window.ts';
import { isErased } from './contact/erased.ts';
import type { FieldFault } from './directory/directory-rules.ts';
import { withTags } from './inbox/tags.ts';
import { mergePatch } from './json/merge-patch.ts';
import type { Ledger } from './ledger.ts';
import { queueMessage } from './outbound.ts';
import { conversationPayload, dispatchPayload } from './payloads.ts';
import type { AgentRow, ConversationRow, DispatchRow, JsonObject, MessageRow, UsageRow } from './rows.ts';

export interface ReplyDraft {
  messages: Content[];
  /** What the AI says when it asks for a person. */
  handoff: DispatchRow['handoff'];
  close: boolean;
  tags: string[];
  status: string | null;
  metadata: JsonObject;
}

export type TurnResult = { kind: 'reply'; reply: ReplyDraft } | { kind: 'failure'; error: string } | { kind: 'deferred' };

export interface CommitReplyRequest {
  /** The epoch that the turn began under; undefined for an answer by REST: the one stored with the dispatch. */
  epoch: number | undefined;
  result: TurnResult;
  latencyMs: number | null;
  attempts: number;
  usage: UsageRow | null;
  /** Who would send the first message at once; empty: nobody, a signal tells the senders. */
  claimant: string;
}

export interface CommitReplyState {
  conversation: ConversationRow;
  dispatch: DispatchRow;
  agent: AgentRow;
  /** Of the account that the reply goes out through; undefined where `needsProvider` says that it does not matter. */
  provider: Provider | undefined;
  optedOut: boolean;
  modeContext: ModeChangeContext;
}

export interface CommitReplyDecision {
  /** `not_begun`: it is pending; whoever was asked all the same began it before a crash of the database (beginning does not wait for the disk), and is to begin it anew. */
  kind: 'committed' | 'suggestion' | 'already_settled' | 'expired' | 'not_begun';
  outcome: string;
  messageIds: string[];
  /** The claimant's to send, from this commit on. */
  claimed?: MessageRow;
}

/**
 * The end of a turn, in one step: the reply becomes queued messages only if the conversation is still with the AI under the very epoch the turn began with;
 * else it is kept for a person. A second commit of the same dispatch changes nothing.
 */
export function commitReply(ledger: Ledger, loaded: CommitReplyState, request: CommitReplyRequest): CommitReplyDecision {
  const conversation = ledger.conversation(loaded.conversation);
  const dispatch = ledger.dispatch(loaded.dispatch);
  // What came since may have joined it, and this answer does not know it.
  if (dispatch.outcome === 'pending') return { kind: 'not_begun', outcome: dispatch.outcome, messageIds: [] };
  if (dispatch.outcome !== 'in_flight') return alreadySettled(ledger, dispatch, loaded.modeContext.openSends, request.claimant);
  if (request.epoch === undefined && dispatch.deadline_at !== null && dispatch.deadline_at < ledger.now) {
    return { kind: 'expired', outcome: dispatch.outcome, messageIds: [] };
  }
  const { result } = request;
  const stale = conversation.ai_mode !== 'ai' || conversation.mode_epoch !== (request.epoch ?? dispatch.mode_epoch);
  if (result.kind === 'deferred') return deferred(ledger, conversation, dispatch, stale);

  dispatch.latency_ms = request.latencyMs;
  dispatch.usage = request.usage;
  if (request.attempts > 0) dispatch.attempts = request.attempts;
  if (dispatch.deferred) ledger.timer(conversation, 'turn_deadline', null, dispatch.dispatch_id);
  if (conversation.turn_dispatch_id === dispatch.dispatch_id) conversation.turn_dispatch_id = null;
  const decision = settleTurn(ledger, { ...loaded, conversation, dispatch }, { ...request, result }, stale);
  wakePending(ledger, conversation, loaded.modeContext);
  return decision;
}

type Settling = Exclude<TurnResult, { kind: 'deferred' }>;

/** A repeat whose first answer was lost must not leave the claim with nobody. */
function alreadySettled(ledger: Ledger, dispatch: DispatchRow, openSends: MessageRow[], claimant: string): CommitReplyDecision {
  const held = openSends
    .map((row) => ledger.message(row))
    .find((row) => row.dispatch_id === dispatch.dispatch_id && row.status === 'sending' && claimant !== '' && row.claimant === claimant);
  const settled = { kind: 'already_settled' as const, outcome: dispatch.outcome, messageIds: dispatch.reply_message_ids };
  return held ? { ...settled, claimed: held } : settled;
}

function settleTurn(
  ledger: Ledger,
  at: CommitReplyState,
  request: CommitReplyRequest & { result: Settling },
  stale: boolean,
): CommitReplyDecision {
  const { conversation, dispatch } = at;
  const { result, claimant } = request;
  const blocked = stale ? 'stale_epoch' : at.optedOut ? 'opted_out' : at.agent.deleted_at ? 'agent_disabled' : undefined;
  if (blocked) return withhold(ledger, conversation, dispatch, { reason: blocked, result });
  if (result.kind === 'failure') return fail(ledger, at, result.error);
  const { reply } = result;
  if (reply.messages.length > 0 && at.agent.approval === 'required') return draft(ledger, at, reply);
  if (reply.messages.length > 0 && !canSendFreeForm(conversation, 'ai', ledger.now)) return fail(ledger, at, 'window_expired');
  const content = carried(at, reply.messages);
  if ('faults' in content)
    return fail(ledger, at, `content_unsupported: ${content.faults.map((one) => `${one.path} ${one.message}`).join('; ')}`);
  return accept(ledger, at, { ...reply, messages: content }, claimant);
}

/** Whether what becomes of the turn depends on what the provider can carry. */
export function needsProvider(result: TurnResult): boolean {
  return result.kind === 'failure' || (result.kind === 'reply' && !result.reply.messages.every(passesAnywhere));
}

/** The messages as the channel can carry them: a text too long for one becomes several. */
function carried(at: CommitReplyState, messages: Content[]): Content[] | { faults: FieldFault[] } {
  const { provider } = at;
  const { channel } = at.conversation;
  if (provider === undefined) return messages;
  const parts: Content[] = [];
  for (const [index, message] of messages.entries()) {
    for (const content of filesApart(message, { provider, channel })) {
      const these = partsOf(content, { provider, channel });
      if ('faults' in these) return { faults: these.faults.map((one) => ({ ...one, path: `/messages/${index}${one.path}` })) };
      parts.push(...these);
    }
  }
  return parts;
}

/** Waits for a person's approval. What else the AI asked for concerns people, not the customer, and waits for nobody. */
function draft(ledger: Ledger, { conversation, dispatch }: CommitReplyState, reply: ReplyDraft): CommitReplyDecision {
  const decision = withhold(ledger, conversation, dispatch, { reason: 'approval_required', result: { kind: 'reply', reply } });
  applyExtras(conversation, reply);
  if (reply.handoff) handOff(ledger, conversation, dispatch, reply.handoff);
  if (hasExtras(reply)) ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
  return decision;
}

function hasExtras(reply: ReplyDraft): boolean {
  return reply.tags.length > 0 || reply.status !== null || Object.keys(reply.metadata).length > 0 || reply.handoff !== null;
}

/** Not sent, and not lost: the text waits beside the dispatch for a person to send or drop. */
function withhold(
  ledger: Ledger,
  conversation: ConversationRow,
  dispatch: DispatchRow,
  why: { reason: string; result: Settling },
): CommitReplyDecision {
  dispatch.outcome = 'suppressed';
  dispatch.reason = why.reason;
  dispatch.settled_at = ledger.now;
  if (isErased(conversation)) dispatch.suggestion = dispatch.error = null;
  else if (why.result.kind === 'failure') dispatch.error = why.result.error;
  else if (why.result.reply.messages.length > 0) {
    dispatch.suggestion = suggestionOf(why.result.reply);
    dispatch.suggestion_status = 'open';
  }
  ledger.emit(conversation, 'dispatch.suppressed', dispatchPayload(dispatch));
  return { kind: 'suggestion', outcome: dispatch.outcome, messageIds: [] };
}

function suggestionOf(reply: ReplyDraft): JsonObject {
  return {
    messages: reply.messages.map((message) => ({ text: message.text, attachments: message.attachments.map((one) => ({ ...one })) })),
    ...(reply.handoff && { handoff: { ...reply.handoff } }),
    ...(reply.close && { close: true }),
  };
}

function accept(ledger: Ledger, at: CommitReplyState, reply: ReplyDraft, claimant: string): CommitReplyDecision {
  const { conversation, dispatch } = at;
  const underway = at.modeContext.openSends.some((row) => ['queued', 'sending'].includes(ledger.message(row).status));
  const leaves = reply.close || (reply.handoff !== null && at.agent.handoff === 'human');
  // The epoch moves before the last words are queued, so that they carry the one they will be claimed under.
  applyExtras(conversation, reply);
  if (reply.handoff) handOff(ledger, conversation, dispatch, reply.handoff);
  if (leaves) {
    const to = reply.close ? 'closed' : 'human';
    changeMode(
      ledger,
      conversation,
      { to, actor: { kind: 'ai', id: conversation.agent_id }, reason: reply.close ? 'ai_closed' : 'handoff' },
      at.modeContext,
    );
  }
  const messages = reply.messages.map((message, index) =>
    queueMessage(ledger, conversation, {
      author: 'ai',
      ...message,
      dispatch_id: dispatch.dispatch_id,
      parting: leaves,
      // In order: the first may go at once when nothing is before it, the others are signalled as the one before them settles.
      ...(claimant !== '' && !underway && index === 0 && { claimant }),
    }),
  );
  dispatch.reply_message_ids = messages.map((message) => message.message_id);
  dispatch.outcome = reply.handoff ? 'handed_off' : messages.length > 0 ? 'replied' : 'silent';
  dispatch.settled_at = ledger.now;
  ledger.emit(conversation, 'dispatch.completed', dispatchPayload(dispatch));
  if (hasExtras(reply)) ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
  const [first] = messages;
  const committed = { kind: 'committed' as const, outcome: dispatch.outcome, messageIds: dispatch.reply_message_ids };
  return first?.status === 'sending' ? { ...committed, claimed: first } : committed;
}

function applyExtras(conversation: ConversationRow, reply: ReplyDraft): void {
  if (reply.tags.length > 0) conversation.tags = withTags(conversation.tags, reply.tags);
  if (reply.status !== null) conversation.status = reply.status as ConversationRow['status'];
  if (Object.keys(reply.metadata).length > 0) conversation.metadata = mergePatch(conversation.metadata, reply.metadata);
}

function handOff(ledger: Ledger, conversation: ConversationRow, dispatch: DispatchRow, handoff: NonNullable<DispatchRow['handoff']>): void {
  dispatch.handoff = { ...handoff };
  requestHandoff(ledger, conversation, { dispatch_id: dispatch.dispatch_id, ...handoff });
}

/** `escalated` goes with needs_handoff; who answers is decided by the mode alone. */
export function requestHandoff(
  ledger: Ledger,
  conversation: ConversationRow,
  why: { dispatch_id: string | null; reason: string; summary: string | null },
): void {
  conversation.needs_handoff = true;
  conversation.status = 'escalated';
  ledger.emit(conversation, 'conversation.handoff_requested', { conversation_id: conversation.conversation_id, ...why });
}

function fail(ledger: Ledger, at: CommitReplyState, error: string): CommitReplyDecision {
  const { conversation, dispatch, agent } = at;
  dispatch.outcome = 'failed';
  dispatch.error = error;
  dispatch.settled_at = ledger.now;
  if (agent.fallback_text && canSendFreeForm(conversation, 'ai', ledger.now)) {
    const content = carried(at, [{ text: agent.fallback_text, attachments: [] }]);
    const messages = ('faults' in content ? [] : content).map((one) =>
      queueMessage(ledger, conversation, { author: 'ai', ...one, dispatch_id: dispatch.dispatch_id }),
    );
    dispatch.reply_message_ids = messages.map((message) => message.message_id);
  }
  ledger.emit(conversation, 'dispatch.failed', dispatchPayload(dispatch));
  requestHandoff(ledger, conversation, { dispatch_id: dispatch.dispatch_id, reason: 'ai_failed', summary: null });
  return { kind: 'committed', outcome: dispatch.outcome, messageIds: dispatch.reply_message_ids };
}

function deferred(ledger: Ledger, conversation: ConversationRow, dispatch: DispatchRow, stale: boolean): CommitReplyDecision {
  // A stale turn stays open too: its answer will come, and be kept as a suggestion.
  dispatch.deferred = true;
  ledger.timer(conversation, 'turn_deadline', dispatch.deadline_at ?? ledger.now, dispatch.dispatch_id);
  return { kind: stale ? 'suggestion' : 'committed', outcome: dispatch.outcome, messageIds: [] };
}

/** What arrived while the turn ran is answered by the next one. */
function wakePending(ledger: Ledger, conversation: ConversationRow, context: ModeChangeContext): void {
  const pending = context.pending && ledger.dispatch(context.pending);
  if (pending?.outcome !== 'pending' || conversation.pending_dispatch_id !== pending.dispatch_id) return;
  if (pending.due_at === null || pending.due_at <= ledger.now) {
    ledger.emit(conversation, 'dispatch.ready', { dispatch_id: pending.dispatch_id, recover: false });
  }
}
