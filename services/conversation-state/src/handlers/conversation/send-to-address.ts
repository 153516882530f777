import type { SendResponse, SendToAddressRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { type Author, type Channel, channels } from '@baton/contracts/vocabulary.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { sendToAddress } from '../../commands/send-to-address.ts';
import type { JsonObject } from '../../domain/rows.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { attachmentFromWire, templateFromWire } from '../../wire/conversation.ts';

/** A message to an address: it lands in the thread that agent and address share. */
export function handleSendToAddress({ store }: { store: Store }, request: SendToAddressRequest): Promise<SendResponse> {
  const context = contextFromWire(request.context);
  if (!channels.includes(request.channel as Channel)) throw invalidField('/channel', `must be one of ${channels.join(', ')}`);
  return sendToAddress(store, {
    context,
    agentId: request.agentId,
    channel: request.channel as Channel,
    to: request.to,
    from: request.from,
    draft: {
      author: request.author as Author,
      text: request.text,
      attachments: request.attachments.map(attachmentFromWire),
      template: templateFromWire(request.template),
      senderName: request.senderName ?? null,
      metadata: (request.metadata ?? {}) as JsonObject,
      takeover: request.takeover,
      actor: context.actor,
    },
    contact: { name: null, phone: null, email: null, attributes: {} },
    subject: null,
    metadata: {},
  });
}
