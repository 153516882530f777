import type { Suggestion as WireSuggestion } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import type { Suggestion } from '../schemas/suggestion.ts';
import { attachmentsJson } from './message.ts';
import { iso, isoOrNull } from './time.ts';

export function suggestionJson(s: WireSuggestion): Suggestion {
  return {
    suggestion_id: s.dispatchId,
    conversation_id: s.conversationId,
    agent_id: s.agentId,
    reason: s.reason,
    status: s.status as Suggestion['status'],
    stale: (s.stale || null) as Suggestion['stale'],
    mode_epoch: s.modeEpoch,
    message_ids: s.messageIds,
    messages: s.messages.map((one) => ({ text: one.text, attachments: attachmentsJson(one) })),
    handoff: s.handoffReason === undefined ? null : { reason: s.handoffReason, summary: s.handoffSummary ?? null },
    sent_message_ids: s.sentMessageIds,
    edited: s.edited,
    settled_by: s.settledBy ? { kind: s.settledBy.kind, id: s.settledBy.id } : null,
    created_at: iso(s.createdAt),
    settled_at: isoOrNull(s.settledAt),
  };
}
