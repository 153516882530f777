import {
  SendMessageRequest,
  SendToAddressRequest,
  UpdateConversationRequest,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { beginTurn, commitReply, conversationOf, type Harness, inboundMessage, newCustomer, send, type Workspace } from './harness.ts';

/** What operators and dispatchers do, in one line each. */

export const context = (w: Workspace, commandId = '') => ({ ...w.context, commandId });

export function patch(h: Harness, w: Workspace, o: Parameters<typeof UpdateConversationRequest.fromPartial>[0] & { commandId?: string }) {
  const { commandId, ...request } = o;
  return h.conversations.updateConversation(UpdateConversationRequest.fromPartial({ ...request, context: context(w, commandId) }));
}

export function writeByHand(h: Harness, w: Workspace, o: Parameters<typeof SendMessageRequest.fromPartial>[0] & { commandId?: string }) {
  const { commandId, ...request } = o;
  return h.conversations.sendMessage(SendMessageRequest.fromPartial({ text: 'By hand', ...request, context: context(w, commandId) }));
}

export function sendTo(h: Harness, w: Workspace, o: Parameters<typeof SendToAddressRequest.fromPartial>[0] & { commandId?: string }) {
  const { commandId, ...request } = o;
  const whole = { agentId: w.agentId, channel: 'sms', text: 'Hello', author: 'human', ...request, context: context(w, commandId) };
  return h.conversations.sendToAddress(SendToAddressRequest.fromPartial(whole));
}

/** A customer's first message, and the conversation it opened. */
export async function meet(
  h: Harness,
  w: Workspace,
  more: Parameters<typeof inboundMessage>[2] = {},
): Promise<{ from: string; id: string }> {
  const from = newCustomer();
  await send(h, inboundMessage(w, from, more));
  return { from, id: (await conversationOf(h, w, from)).conversation_id };
}

export const whatsapp = (w: Workspace) => ({ channel: 'whatsapp', channel_account_id: w.whatsapp, to: '+15550101' });

/** The AI has answered; its message is queued. */
export async function answered(h: Harness, w: Workspace, text = 'Answer'): Promise<{ from: string; id: string; messageId: string }> {
  const { from, id } = await meet(h, w);
  const { dispatchId } = await beginTurn(h, w, id);
  const committed = await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text });
  return { from, id, messageId: committed!.messageIds[0]! };
}

export async function row<T>(h: Harness, sql: string, values: unknown[] = []): Promise<T> {
  return (await h.admin.query(sql, values)).rows[0];
}

export const messageRow = (h: Harness, messageId: string) =>
  row<{ status: string; error_code: string | null; claim: number; provider_message_id: string | null; delivered_at: Date | null }>(
    h,
    'select * from conversation.message where message_id = $1',
    [messageId],
  );

export const status = (h: Harness, messageId: string, wanted: string) =>
  eventually(
    () => messageRow(h, messageId),
    (found) => found.status === wanted,
  );

/** Waits until the conversation has published an event of the type, `count` of them. */
export const event = (h: Harness, conversationId: string, type: string, count = 1) =>
  eventually(
    () => h.events.of(conversationId).filter((one) => one.event_type === type),
    (found) => found.length >= count,
    { what: `${count} × ${type}` },
  );

/** Everything that was sent before is stored when this is: same customer, so same partition. */
export async function settled(h: Harness, w: Workspace, from: string): Promise<void> {
  const id = newId('event');
  await send(h, inboundMessage(w, from, { provider_message_id: id, text: 'last' }));
  await eventually(() => row(h, 'select 1 from conversation.message where provider_message_id = $1', [id]));
}
