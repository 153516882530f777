import { windowOf } from '@baton/channels/window.ts';
import type {
  Attachment,
  Contact,
  Conversation,
  Dispatch,
  Message,
  ModeChange,
  Template,
} from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import type {
  AttachmentRef,
  ContactRow,
  ConversationRow,
  DispatchRow,
  JsonObject,
  MessageRow,
  ModeHistoryRow,
  TemplateRef,
} from '../domain/rows.ts';

/** Rows as the RPC contract shows them, and back. The one place where the two meet. */

export function contactToWire(row: ContactRow | undefined): Contact | undefined {
  if (!row) return undefined;
  return {
    contactId: row.contact_id,
    name: row.name ?? undefined,
    phone: row.phone ?? undefined,
    email: row.email ?? undefined,
    attributes: row.attributes,
  };
}

export function conversationToWire(
  row: ConversationRow,
  more: { contact: ContactRow | undefined; optedOut: boolean; latestMessage?: MessageRow | undefined },
): Conversation {
  return {
    conversationId: row.conversation_id,
    agentId: row.agent_id,
    channel: row.channel,
    fromNumber: row.remote_address,
    toNumber: row.own_address,
    aiMode: row.ai_mode,
    modeEpoch: row.mode_epoch,
    status: row.status,
    subject: row.subject ?? undefined,
    tags: row.tags,
    needsHandoff: row.needs_handoff,
    unread: row.unread,
    optOut: more.optedOut,
    windowExpiresAt: windowOf(row.channel) ? (row.window_expires_at ?? undefined) : undefined,
    takeoverExpiresAt: row.takeover_expires_at ?? undefined,
    messageCount: row.message_count,
    lastMessagePreview: row.last_message_preview ?? undefined,
    lastMessageAt: row.last_message_at ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    closedAt: row.closed_at ?? undefined,
    previousConversationId: row.previous_conversation_id ?? undefined,
    metadata: row.metadata,
    contact: contactToWire(more.contact),
    channelAccountId: row.channel_account_id,
    eventSequence: BigInt(row.event_sequence),
    contactId: row.contact_id,
    latestMessage: more.latestMessage && messageToWire(more.latestMessage),
    // A release from before there was one gives conversations back without clearing it.
    takenOverBy: row.ai_mode === 'human' ? (row.taken_over_by ?? undefined) : undefined,
  };
}

export const attachmentToWire = (a: AttachmentRef): Attachment => ({ url: a.url, contentType: a.content_type, size: a.size, name: a.name });
export const attachmentFromWire = (a: Attachment): AttachmentRef => ({
  url: a.url,
  content_type: a.contentType,
  size: a.size,
  name: a.name,
});

export const templateToWire = (t: TemplateRef | null): Template | undefined =>
  t === null ? undefined : { name: t.name, languageCode: t.language_code, parameters: t.parameters, components: t.components ?? [] };
export const templateFromWire = (t: Template | undefined): TemplateRef | null =>
  t === undefined
    ? null
    : {
        name: t.name,
        language_code: t.languageCode,
        parameters: t.parameters,
        ...(t.components.length > 0 && { components: t.components as JsonObject[] }),
      };

export function messageToWire(row: MessageRow): Message {
  return {
    messageId: row.message_id,
    conversationId: row.conversation_id,
    sequence: row.sequence,
    direction: row.direction,
    author: row.author,
    senderName: row.sender_name ?? undefined,
    channel: row.channel,
    text: row.text,
    attachments: row.attachments.map(attachmentToWire),
    status: row.status,
    error: row.error_code === null ? undefined : { code: row.error_code, detail: row.error_detail ?? '' },
    segments: row.segments,
    encoding: row.encoding,
    providerMessageId: row.provider_message_id ?? undefined,
    dispatchId: row.dispatch_id ?? undefined,
    createdAt: row.created_at,
    sentAt: row.sent_at ?? undefined,
    deliveredAt: row.delivered_at ?? undefined,
    readAt: row.read_at ?? undefined,
    fromNumber: row.from_number,
    toNumber: row.to_number,
    metadata: row.metadata,
  };
}

export function dispatchToWire(row: DispatchRow): Dispatch {
  return {
    dispatchId: row.dispatch_id,
    conversationId: row.conversation_id,
    messageIds: row.message_ids,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    modeEpoch: row.mode_epoch,
    attempts: row.attempts,
    latencyMs: row.latency_ms ?? undefined,
    replyMessageIds: row.reply_message_ids,
    suggestion: row.suggestion === null ? undefined : JSON.stringify(row.suggestion),
    error: row.error ?? undefined,
    usage: row.usage ? { model: row.usage.model, inputTokens: row.usage.input_tokens, outputTokens: row.usage.output_tokens } : undefined,
    shadow: row.shadow === null ? undefined : JSON.stringify(row.shadow),
    handoff: row.handoff === null ? undefined : JSON.stringify(row.handoff),
    createdAt: row.created_at,
    settledAt: row.settled_at ?? undefined,
  };
}

export function modeChangeToWire(row: ModeHistoryRow): ModeChange {
  return {
    fromMode: row.from_mode,
    toMode: row.to_mode,
    modeEpoch: row.mode_epoch,
    actorUserId: row.actor_kind === 'user' && row.actor_id !== '' ? row.actor_id : undefined,
    actorKind: row.actor_kind,
    reason: row.reason,
    createdAt: row.created_at,
  };
}
