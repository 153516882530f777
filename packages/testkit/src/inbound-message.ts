import type { InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { newId } from '@baton/contracts/ids.ts';
import { inboundSubject, partitionOf } from '@baton/contracts/subjects.ts';

/** What a customer wrote, as ingest puts it into INBOUND: a short text message of now from the simulator, unless told otherwise. */
export function inboundMessage(
  of: Pick<InboundMessage, 'workspace_id' | 'channel_account_id' | 'agent_id' | 'from'> & Partial<InboundMessage>,
): InboundMessage {
  const now = new Date().toISOString();
  return {
    provider: 'simulator',
    channel: 'sms',
    provider_message_id: newId('event'),
    to: '+15550100',
    text: 'Hello',
    attachments: [],
    contact: undefined,
    author: 'contact',
    sent_at: now,
    received_at: now,
    metadata: undefined,
    provider_opt_out: '',
    ...of,
  };
}

/** How ingest publishes it: what `publish` of `@baton/bus` takes. */
export function inboundPublication(message: InboundMessage): { subject: string; id: string; data: string } {
  const { workspace_id: workspaceId, channel_account_id: channelAccountId } = message;
  return {
    subject: inboundSubject('message', partitionOf(message.agent_id, message.from), { workspaceId, channelAccountId }),
    id: `m:${message.provider}:${channelAccountId}:${message.provider_message_id}`,
    data: JSON.stringify(message),
  };
}
