import type { ModeChangeResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type {
  Contact as WireContact,
  Conversation as WireConversation,
  Dispatch as WireDispatch,
  Usage as WireUsage,
} from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { Static } from 'typebox';
import { maxMetadataBytes } from '../domain/json-rules.ts';
import type { Contact, Conversation, ConversationRow, Dispatch, ModeChange, Usage } from '../schemas/conversation.ts';
import { messageJson } from './message.ts';
import { iso, isoOrNull } from './time.ts';

/** Where the customer is written to; undefined once that was erased. */
export function customerAddress({ fromNumber, conversationId }: WireConversation): string | undefined {
  return fromNumber === `erased:${conversationId}` ? undefined : fromNumber;
}

/** A list row: not who answers, no contact, as the contract's listing has it. */
export function conversationRow(c: WireConversation): ConversationRow {
  return {
    conversation_id: c.conversationId,
    agent_id: c.agentId,
    channel: c.channel as ConversationRow['channel'],
    from_number: c.fromNumber,
    to_number: c.toNumber,
    status: c.status as ConversationRow['status'],
    subject: c.subject ?? null,
    tags: c.tags,
    needs_handoff: c.needsHandoff,
    unread: c.unread,
    opt_out: c.optOut,
    window_expires_at: isoOrNull(c.windowExpiresAt),
    takeover_expires_at: isoOrNull(c.takeoverExpiresAt),
    message_count: c.messageCount,
    last_message_preview: c.lastMessagePreview ?? null,
    last_message_at: isoOrNull(c.lastMessageAt),
    created_at: iso(c.createdAt),
    updated_at: iso(c.updatedAt),
    closed_at: isoOrNull(c.closedAt),
    previous_conversation_id: c.previousConversationId ?? null,
    metadata: c.metadata ?? {},
  };
}

export function conversationJson(given: WireConversation | undefined): Conversation {
  const c = present(given);
  return {
    ...conversationRow(c),
    ai_mode: c.aiMode as Conversation['ai_mode'],
    mode_epoch: c.modeEpoch,
    taken_over_by: c.takenOverBy ?? null,
    contact: c.contact ? contactJson(c.contact) : null,
  };
}

export function contactJson(c: WireContact): Static<typeof Contact> {
  return { contact_id: c.contactId, name: c.name ?? null, phone: c.phone ?? null, email: c.email ?? null, attributes: c.attributes ?? {} };
}

export function modeChangeJson(r: ModeChangeResponse): ModeChange {
  return {
    ...conversationJson(r.conversation),
    changed: r.changed,
    from_mode: r.fromMode as ModeChange['from_mode'],
    to_mode: r.toMode as ModeChange['to_mode'],
    drained: r.drained,
    in_flight: r.inFlight.map(messageJson),
  };
}

export function dispatchJson(d: WireDispatch): Static<typeof Dispatch> {
  return {
    dispatch_id: d.dispatchId,
    message_ids: d.messageIds,
    outcome: d.outcome as Static<typeof Dispatch>['outcome'],
    reason: d.reason ?? null,
    mode_epoch: d.modeEpoch,
    attempts: d.attempts,
    latency_ms: d.latencyMs ?? null,
    reply_message_ids: d.replyMessageIds,
    suggestion: d.suggestion === undefined ? null : JSON.parse(d.suggestion),
    error: d.error ?? null,
    usage: usageJson(d.usage),
    shadow: d.shadow === undefined ? null : JSON.parse(d.shadow),
    handoff: d.handoff === undefined ? null : JSON.parse(d.handoff),
    created_at: iso(d.createdAt),
    settled_at: isoOrNull(d.settledAt),
  };
}

export function usageJson(u: WireUsage | undefined): Static<typeof Usage> | null {
  return u ? { model: u.model, input_tokens: u.inputTokens, output_tokens: u.outputTokens } : null;
}

/** A part of an answer that the other service always gives. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new BatonError('internal', 'An answer inside Baton was incomplete.');
  return value;
}

/** Refuses metadata that is too large to travel with every event. */
export function checkedMetadata(metadata: Record<string, unknown> | undefined, path = '/metadata'): Record<string, unknown> | undefined {
  if (metadata !== undefined && Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes)
    throw invalidField(path, `may hold at most ${maxMetadataBytes} bytes of JSON`);
  return metadata;
}
