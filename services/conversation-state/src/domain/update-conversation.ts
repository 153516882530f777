import type { AiMode, ConversationStatus } from '@baton/contracts/vocabulary.ts';
import { type Actor, changeMode, extendTakeover, type ModeChangeContext, passTo } from './change-mode.ts';
import { mergePatch } from './json/merge-patch.ts';
import type { Ledger } from './ledger.ts';
import { conversationPayload } from './payloads.ts';
import { newDispatch } from './receive-message.ts';
import type { Refusal } from './refusals.ts';
import type { AgentRow, ConversationRow, JsonObject } from './rows.ts';

export interface ConversationPatch {
  aiMode?: AiMode;
  status?: ConversationStatus;
  subject?: string | null;
  tags?: string[];
  addTags?: string[];
  needsHandoff?: boolean;
  metadata?: JsonObject;
  /** 0: never ends by itself. */
  takeoverTimeoutSeconds?: number;
  ifModeEpoch?: number;
  reason: string;
  actor: Actor;
}

export interface CommandState {
  conversation: ConversationRow;
  agent: AgentRow;
  optedOut: boolean;
  modeContext: ModeChangeContext;
}

export interface ModeOutcome {
  changed: boolean;
  from: AiMode;
  to: AiMode;
}

/** PATCH of a conversation. Only `ai_mode` decides who answers; the other fields never change it. */
export function updateConversation(ledger: Ledger, loaded: CommandState, patch: ConversationPatch): ModeOutcome | Refusal {
  const conversation = ledger.conversation(loaded.conversation);
  const from = conversation.ai_mode;
  if (patch.ifModeEpoch !== undefined && patch.ifModeEpoch !== conversation.mode_epoch)
    return { code: 'epoch_mismatch', stands: conversation.mode_epoch };
  const to = patch.aiMode ?? from;
  if (from === 'closed' && to !== 'closed') return { code: 'conversation_closed' };
  const before = { ...conversation };
  applyFields(conversation, patch);
  const changed =
    patch.aiMode !== undefined &&
    changeMode(ledger, conversation, { to, actor: patch.actor, reason: patch.reason, ...timeoutOf(patch) }, loaded.modeContext);
  const passed = !changed && patch.aiMode === 'human' && passTo(conversation, patch.actor, { claims: true });
  if (!changed && to === 'human' && patch.takeoverTimeoutSeconds !== undefined) {
    conversation.takeover_timeout_seconds = patch.takeoverTimeoutSeconds;
    extendTakeover(ledger, conversation, loaded.agent.takeover_timeout_seconds);
  }
  const shown = ['status', 'subject', 'tags', 'needs_handoff', 'metadata'] as const;
  if (passed || shown.some((field) => JSON.stringify(before[field]) !== JSON.stringify(conversation[field]))) {
    ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
  }
  return { changed, from, to };
}

function timeoutOf(patch: ConversationPatch): { timeoutSeconds?: number | null } {
  if (patch.takeoverTimeoutSeconds === undefined) return {};
  return { timeoutSeconds: patch.takeoverTimeoutSeconds === 0 ? null : patch.takeoverTimeoutSeconds };
}

function applyFields(conversation: ConversationRow, patch: ConversationPatch): void {
  if (patch.status !== undefined) conversation.status = patch.status;
  if (patch.subject !== undefined) conversation.subject = patch.subject;
  if (patch.tags !== undefined) conversation.tags = [...new Set(patch.tags)];
  if (patch.addTags !== undefined) conversation.tags = [...new Set([...conversation.tags, ...patch.addTags])];
  if (patch.needsHandoff !== undefined) conversation.needs_handoff = patch.needsHandoff;
  if (patch.metadata !== undefined) conversation.metadata = mergePatch(conversation.metadata, patch.metadata);
}

/** `human` → `ai`. With `unanswered` ids, a turn about what the customer wrote meanwhile is started at once. */
export function resumeAi(
  ledger: Ledger,
  loaded: CommandState,
  request: { actor: Actor; unanswered: string[]; ifModeEpoch?: number },
): ModeOutcome | Refusal {
  const outcome = updateConversation(ledger, loaded, {
    aiMode: 'ai',
    reason: 'resume',
    actor: request.actor,
    ...(request.ifModeEpoch !== undefined && { ifModeEpoch: request.ifModeEpoch }),
  });
  if ('code' in outcome) return outcome;
  const conversation = ledger.conversation(loaded.conversation);
  if (
    request.unanswered.length > 0 &&
    !loaded.optedOut &&
    conversation.pending_dispatch_id === null &&
    conversation.turn_dispatch_id === null
  ) {
    const dispatch = ledger.addDispatch(newDispatch(ledger, conversation, request.unanswered, { outcome: 'pending' }));
    conversation.pending_dispatch_id = dispatch.dispatch_id;
    ledger.emit(conversation, 'dispatch.ready', { dispatch_id: dispatch.dispatch_id, recover: false });
  }
  return outcome;
}
