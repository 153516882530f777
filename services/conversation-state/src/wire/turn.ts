import type {
  BeginTurnResult,
  CommitReply,
  OutboundMessage,
  RecordSend,
  Turn,
} from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { conversationStatuses } from '@baton/contracts/vocabulary.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { ReplyDraft, TurnResult } from '../domain/commit-reply.ts';
import type { JsonObject, MessageRow } from '../domain/rows.ts';
import type { SendResult } from '../domain/send.ts';
import type { BeginTurnAnswer, HistoryMessage } from '../turns/begin-turns.ts';
import type { CommitReplyCommand } from '../turns/commit-replies.ts';
import { attachmentFromWire, attachmentToWire, contactToWire, templateToWire } from './conversation.ts';

const roles = { contact: 'user', ai: 'assistant', human: 'operator', sequence: 'system', system: 'system' } as const;

export function beginTurnToWire(answer: BeginTurnAnswer): BeginTurnResult {
  if (answer.kind !== 'turn') {
    return {
      result: {
        $case: 'noTurn',
        value: {
          kind: answer.kind,
          reason: answer.kind === 'suppressed' ? answer.reason : '',
          unsentMessageIds: answer.kind === 'settled' ? answer.unsent : [],
        },
      },
    };
  }
  return { result: { $case: 'turn', value: turnToWire(answer) } };
}

export function turnToWire(answer: Extract<BeginTurnAnswer, { kind: 'turn' }>): Turn {
  const { dispatch, conversation } = answer;
  return {
    dispatchId: dispatch.dispatch_id,
    conversationId: dispatch.conversation_id,
    agentId: dispatch.agent_id,
    channel: conversation.channel,
    modeEpoch: dispatch.mode_epoch,
    attempt: dispatch.attempts,
    contact: contactToWire(answer.contact),
    messages: answer.history.map(turnMessage),
    newMessageIds: dispatch.message_ids,
    deadline: dispatch.deadline_at ?? undefined,
    supersededDispatchId: answer.superseded ?? undefined,
    channelAccountId: conversation.channel_account_id,
    typing: answer.typing && {
      from: conversation.own_address,
      to: conversation.remote_address,
      inboundId: answer.typing.provider_message_id ?? '',
      metadata: answer.typing.metadata,
    },
  };
}

function turnMessage(row: HistoryMessage): Turn['messages'][number] {
  return {
    messageId: row.message_id,
    role: roles[row.author],
    text: row.text,
    attachments: row.attachments.map(attachmentToWire),
    createdAt: row.created_at,
  };
}

export function commitReplyFromWire(wire: CommitReply): CommitReplyCommand {
  return {
    workspaceId: wire.workspaceId,
    conversationId: wire.conversationId,
    dispatchId: wire.dispatchId,
    epoch: wire.modeEpoch === 0 ? undefined : wire.modeEpoch,
    result: resultFromWire(wire),
    latencyMs: wire.latencyMs ?? null,
    attempts: wire.attempts,
    claimant: wire.claimant,
    usage: wire.usage
      ? { model: storable(wire.usage.model), input_tokens: wire.usage.inputTokens, output_tokens: wire.usage.outputTokens }
      : null,
  };
}

function resultFromWire(wire: CommitReply): TurnResult {
  switch (wire.result?.$case) {
    case 'reply':
      return { kind: 'reply', reply: replyFromWire(wire.result.value) };
    case 'failure':
      return { kind: 'failure', error: wire.result.value.error };
    case 'deferred':
      return { kind: 'deferred' };
    default:
      throw invalidField('/replies/result', 'is missing');
  }
}

function replyFromWire(reply: Extract<CommitReply['result'], { $case: 'reply' }>['value']): ReplyDraft {
  if (reply.status !== undefined && !conversationStatuses.some((known) => known === reply.status)) {
    throw invalidField('/replies/status', `must be one of ${conversationStatuses.join(', ')}`);
  }
  return {
    messages: reply.messages.map((message) => ({ text: message.text, attachments: message.attachments.map(attachmentFromWire) })),
    handoff: reply.handoff ? { reason: reply.handoff.reason, summary: reply.handoff.summary ?? null } : null,
    close: reply.close,
    tags: reply.tags,
    status: reply.status ?? null,
    metadata: (reply.metadata ?? {}) as JsonObject,
  };
}

export function outboundToWire(row: MessageRow, stale: boolean, windowExpiresAt: Date | null = null): OutboundMessage {
  return {
    messageId: row.message_id,
    workspaceId: row.workspace_id,
    conversationId: row.conversation_id,
    channelAccountId: row.channel_account_id,
    channel: row.channel,
    from: row.to_number,
    to: row.from_number,
    text: row.text,
    attachments: row.attachments.map(attachmentToWire),
    template: templateToWire(row.template),
    claim: row.claim,
    author: row.author,
    stale,
    metadata: row.metadata,
    windowExpiresAt: windowExpiresAt ?? undefined,
  };
}

/** A provider's words come as they are; Postgres has no NUL, and one of them must not fail the whole batch. */
const storable = (text: string) => text.replaceAll('\0', '\uFFFD');

const outcomes = ['sent', 'failed', 'unknown', 'requeue', 'postpone'] as const;

export function sendResultFromWire(wire: RecordSend, now: Date): SendResult {
  const outcome = outcomes.find((known) => known === wire.outcome);
  if (!outcome) throw invalidField('/results/outcome', `must be one of ${outcomes.join(', ')}`);
  return {
    claim: wire.claim,
    outcome,
    provider_message_id: storable(wire.providerMessageId),
    error_code: storable(wire.errorCode),
    error_detail: storable(wire.errorDetail),
    retry_after_ms: wire.retryAfterMs,
    occurred_at: wire.occurredAt ?? now,
  };
}
