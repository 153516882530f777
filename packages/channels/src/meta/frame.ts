import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Account, Parsed } from '../provider.ts';
import type { JsonObject } from '../wire/json.ts';
import { isTooLong } from '../wire/text.ts';

/** What a webhook's body is read into. */
export interface Frame {
  account: Account;
  receivedAt: string;
  parsed: Parsed;
}

export interface Said {
  id: string;
  customer: string;
  author: 'contact' | 'human';
  text: string;
  attachments: InboundMessage['attachments'];
  metadata: JsonObject;
  contact: InboundMessage['contact'];
  at: string;
  /** Another app owns the thread at Meta. */
  standby: boolean;
}

export function addMessage(frame: Frame, said: Said): void {
  if (isTooLong(said.text)) throw malformed('text longer than 64 KiB');
  const { account } = frame;
  frame.parsed.messages.push({
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    agent_id: account.agentId,
    provider: 'meta',
    channel: account.channel,
    provider_message_id: said.id,
    from: said.customer,
    to: account.address,
    text: said.text,
    attachments: said.attachments,
    contact: said.contact,
    author: said.author,
    sent_at: said.at,
    received_at: frame.receivedAt,
    metadata: Object.keys(said.metadata).length === 0 ? undefined : said.metadata,
    provider_opt_out: '',
    ...(said.standby && { standby: true }),
  });
}

type Told = Pick<InboundReceipt, 'provider_message_id' | 'status' | 'occurred_at'> & Partial<InboundReceipt>;

export function addReceipt(frame: Frame, told: Told): void {
  frame.parsed.receipts.push({
    workspace_id: frame.account.workspaceId,
    channel_account_id: frame.account.channelAccountId,
    provider: 'meta',
    received_at: frame.receivedAt,
    error_code: '',
    error_detail: '',
    message_id: '',
    ...told,
  });
}

export function malformed(where: string): BatonError {
  return new BatonError('malformed_request', `The webhook could not be read at ${where}.`);
}
