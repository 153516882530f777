import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';

/** The body of a turn as an AI backend receives it (api.md §5), encoded. The same turn always gives the same bytes: every attempt is one request. */
export function turnBody(turn: Turn): string {
  return JSON.stringify({
    dispatch_id: turn.dispatchId,
    conversation_id: turn.conversationId,
    agent_id: turn.agentId,
    channel: turn.channel,
    mode_epoch: turn.modeEpoch,
    contact: turn.contact
      ? {
          contact_id: turn.contact.contactId,
          name: turn.contact.name ?? null,
          phone: turn.contact.phone ?? null,
          email: turn.contact.email ?? null,
          attributes: turn.contact.attributes ?? {},
        }
      : null,
    messages: turn.messages.map((message) => ({
      message_id: message.messageId,
      role: message.role,
      text: message.text,
      attachments: message.attachments.map((file) => ({
        url: file.url,
        content_type: file.contentType,
        size: file.size,
        name: file.name,
      })),
      created_at: message.createdAt?.toISOString() ?? null,
    })),
    new_message_ids: turn.newMessageIds,
    deadline: turn.deadline?.toISOString() ?? null,
  });
}
