import type { CreateConversationRequest, SendResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { type Channel, channels } from '@baton/contracts/vocabulary.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { agentFor } from '../../commands/agent-for.ts';
import { sendToAddress } from '../../commands/send-to-address.ts';
import type { JsonObject } from '../../domain/rows.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { attachmentFromWire } from '../../wire/conversation.ts';

/** Starts a conversation from our side; where agent and address have an open one, that is the conversation. A first message does not take it over. */
export async function handleCreateConversation({ store }: { store: Store }, request: CreateConversationRequest): Promise<SendResponse> {
  const context = contextFromWire(request.context);
  if (!channels.includes(request.channel as Channel)) throw invalidField('/channel', `must be one of ${channels.join(', ')}`);
  const text = request.text ?? '';
  const attachments = request.attachments.map(attachmentFromWire);
  return sendToAddress(store, {
    context,
    agentId: request.agentId || (await agentFor(store, context.workspaceId, request)),
    channel: request.channel as Channel,
    to: request.to,
    from: request.from,
    draft:
      text === '' && attachments.length === 0
        ? undefined
        : { author: 'human', text, attachments, template: null, senderName: null, metadata: {}, takeover: false, actor: context.actor },
    contact: {
      name: request.contact?.name ?? null,
      phone: request.contact?.phone ?? null,
      email: request.contact?.email ?? null,
      attributes: (request.contact?.attributes ?? {}) as JsonObject,
    },
    subject: request.subject ?? null,
    metadata: (request.metadata ?? {}) as JsonObject,
  });
}
