import type { Outcome } from '@baton/bus/settle.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { type SendDeps, sendMessage } from '../sends/send-message.ts';
import { delivery, readSignal } from '../signals.ts';

/** `send.ready`: a queued message may be claimed: it was just accepted, the one before it has settled, its pause is over, or nobody claimed it for too long. */
export async function sendReady(deps: SendDeps, message: JsMsg): Promise<Outcome> {
  const event = readSignal('send.ready', message.data);
  const { deliveries, redelivered } = delivery(message);
  return sendMessage(deps, {
    workspaceId: event.workspace_id,
    conversationId: event.conversation_id,
    messageId: event.payload.message_id,
    channelAccountId: event.payload.channel_account_id,
    deliveries,
    redelivered,
    waited: event.payload.waited ?? false,
  });
}
