import { Suggestion } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import type { DispatchRow, JsonObject } from '../domain/rows.ts';
import { contentsOf, stalenessOf } from '../domain/suggestion/suggestion.ts';
import { attachmentToWire } from './conversation.ts';

export const suggestionCodec = { kind: 'suggestion', encode: Suggestion.encode, decode: Suggestion.decode };

export function suggestionToWire(row: DispatchRow, at: { epoch: number; newerMessage: boolean }): Suggestion {
  const handoff = (row.suggestion as { handoff?: JsonObject } | null)?.handoff;
  const end = row.suggestion_end;
  return {
    dispatchId: row.dispatch_id,
    conversationId: row.conversation_id,
    agentId: row.agent_id,
    reason: row.reason ?? '',
    status: row.suggestion_status ?? '',
    stale: stalenessOf(row, { conversation: { mode_epoch: at.epoch }, newerMessage: at.newerMessage }) ?? '',
    modeEpoch: row.mode_epoch,
    messageIds: row.message_ids,
    messages: contentsOf(row).map(({ text, attachments }) => ({ text, attachments: attachments.map(attachmentToWire) })),
    handoffReason: typeof handoff?.['reason'] === 'string' ? handoff['reason'] : undefined,
    handoffSummary: typeof handoff?.['summary'] === 'string' ? handoff['summary'] : undefined,
    sentMessageIds: row.reply_message_ids,
    edited: end?.edited ?? false,
    settledBy: end ? { kind: end.actor_kind, id: end.actor_id } : undefined,
    createdAt: row.settled_at ?? row.created_at,
    settledAt: end ? new Date(end.at) : undefined,
  };
}
