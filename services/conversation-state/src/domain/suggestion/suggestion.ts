import type { Actor } from '../change-mode.ts';
import type { Content } from '../channel/parts.ts';
import type { Ledger } from '../ledger.ts';
import { dispatchPayload } from '../payloads.ts';
import type { Refusal } from '../refusals.ts';
import type { ConversationRow, DispatchRow, MessageRow } from '../rows.ts';
import { type SendState, sendByHand } from '../send-by-hand.ts';

export type Staleness = 'newer_message' | 'mode_changed';

/** What a suggestion looks like in the database (the answer of api.md §5). */
interface Suggested {
  messages?: Content[];
}

export interface SuggestionState extends SendState {
  dispatch: DispatchRow;
  /** The customer wrote after what it answers. */
  newerMessage: boolean;
}

export interface SendSuggestion {
  actor: Actor;
  senderName: string | null;
  /** Instead of what was suggested. */
  instead: Content | undefined;
  allowStale: boolean;
}

/** Why an open suggestion may not fit any more. One that was kept because the epoch had moved is not stale by that alone. */
export function stalenessOf(
  dispatch: DispatchRow,
  at: { conversation: Pick<ConversationRow, 'mode_epoch'>; newerMessage: boolean },
): Staleness | undefined {
  if (dispatch.suggestion_status !== 'open') return undefined;
  if (at.newerMessage) return 'newer_message';
  const moved = dispatch.reason === 'approval_required' && dispatch.mode_epoch !== at.conversation.mode_epoch;
  return moved ? 'mode_changed' : undefined;
}

/**
 * A person sends what the AI suggested, or something else instead. It is a person's act and stands under the present epoch. While the AI has the conversation it
 * goes out as the AI's, which goes on; while a person has it, as theirs. The mode stays.
 */
export function sendSuggestion(ledger: Ledger, loaded: SuggestionState, draft: SendSuggestion): { messages: MessageRow[] } | Refusal {
  const dispatch = ledger.dispatch(loaded.dispatch);
  if (dispatch.suggestion_status !== 'open') return { code: 'suggestion_settled', status: dispatch.suggestion_status };
  const stale = stalenessOf(dispatch, loaded);
  if (stale !== undefined && !draft.allowStale) return { code: 'suggestion_stale', why: stale };
  const asAi = ledger.conversation(loaded.conversation).ai_mode === 'ai';
  const messages: MessageRow[] = [];
  for (const content of draft.instead ? [draft.instead] : contentsOf(dispatch)) {
    const sent = sendByHand(ledger, loaded, {
      ...content,
      author: asAi ? 'ai' : 'human',
      template: null,
      senderName: asAi ? null : draft.senderName,
      metadata: {},
      takeover: false,
      actor: draft.actor,
      dispatchId: dispatch.dispatch_id,
    });
    if ('code' in sent) return sent;
    messages.push(sent.message, ...sent.further);
  }
  ledger.conversation(loaded.conversation).unread = false;
  dispatch.reply_message_ids = messages.map((message) => message.message_id);
  settle(ledger, loaded, { status: 'sent', actor: draft.actor, edited: draft.instead !== undefined });
  return { messages };
}

export function dropSuggestion(ledger: Ledger, loaded: SuggestionState, actor: Actor): Refusal | undefined {
  const dispatch = ledger.dispatch(loaded.dispatch);
  if (dispatch.suggestion_status !== 'open') return { code: 'suggestion_settled', status: dispatch.suggestion_status };
  settle(ledger, loaded, { status: 'dropped', actor, edited: false });
  return undefined;
}

export function contentsOf({ suggestion }: DispatchRow): Content[] {
  return ((suggestion ?? {}) as unknown as Suggested).messages ?? [];
}

function settle(ledger: Ledger, loaded: SuggestionState, o: { status: 'sent' | 'dropped'; actor: Actor; edited: boolean }): void {
  const dispatch = ledger.dispatch(loaded.dispatch);
  dispatch.suggestion_status = o.status;
  dispatch.suggestion_end = { actor_kind: o.actor.kind, actor_id: o.actor.id, at: ledger.now.toISOString(), edited: o.edited };
  ledger.emit(ledger.conversation(loaded.conversation), 'dispatch.completed', dispatchPayload(dispatch));
}
