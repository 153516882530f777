import type { Attachment, InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { isId } from '@baton/contracts/ids.ts';
import type { Channel, ReceiptStatus } from '@baton/contracts/vocabulary.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { normalizeAddress } from '../phone.ts';
import type { Account, Parsed, RawRequest } from '../provider.ts';
import { asObject, type JsonObject, parseJson } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { clip, isTooLong } from '../wire/text.ts';
import { twilioErrorCode } from './errors.ts';
import { one } from './params.ts';
import { formParams, isForm, type Params, queryOf } from './signature.ts';
import { readSpoken } from './voice.ts';

const nothing = (): Parsed => ({ messages: [], receipts: [], ignored: 1 });

/**
 * One webhook: what was spoken when it has `TranscriptionSid`, a status callback when it has `MessageStatus`, a message when it has `MessageSid`
 * only; anything else (calls, new kinds) is ignored.
 */
export function parseTwilio(request: RawRequest, account: Account, receivedAt: Date): Parsed {
  const query = formParams(queryOf(request.url));
  const params = bodyParams(request, query);
  if (one(params, 'TranscriptionSid') !== '') {
    const spoken = readSpoken(params, { query, account, receivedAt: receivedAt.toISOString() });
    return spoken ? { messages: [spoken], receipts: [], ignored: 0 } : nothing();
  }
  const sid = one(params, 'MessageSid') || one(params, 'SmsSid');
  if (sid === '') return nothing();
  if (!isProviderId(sid)) throw new BatonError('malformed_request', 'MessageSid is not an id.');
  const receivedAtText = receivedAt.toISOString();
  if (one(params, 'MessageStatus') !== '') {
    const receipt = readStatus(params, { sid, account, receivedAt: receivedAtText, messageId: one(query, 'message_id') });
    return receipt ? { messages: [], receipts: [receipt], ignored: 0 } : nothing();
  }
  const message = readMessage(params, { sid, account, receivedAt: receivedAtText });
  return message ? { messages: [message], receipts: [], ignored: 0 } : nothing();
}

function bodyParams(request: RawRequest, query: Params): Params {
  if (request.method === 'GET' || request.body.length === 0) return query;
  if (isForm(request)) return formParams(request.body.toString('utf8'));
  return (asObject(parseJson(request.body)) ?? {}) as JsonObject & Params;
}

const statuses: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
  canceled: 'failed',
};

function readStatus(
  params: Params,
  at: { sid: string; account: Account; receivedAt: string; messageId: string },
): InboundReceipt | undefined {
  const word = one(params, 'MessageStatus').toLowerCase();
  // accepted, scheduled, queued, sending: steps before anything reached the customer.
  const status = Object.hasOwn(statuses, word) ? statuses[word] : undefined;
  if (status === undefined) return undefined;
  const code = one(params, 'ErrorCode');
  return {
    workspace_id: at.account.workspaceId,
    channel_account_id: at.account.channelAccountId,
    provider: 'twilio',
    provider_message_id: at.sid,
    status,
    // The callback carries no time of its own.
    occurred_at: at.receivedAt,
    received_at: at.receivedAt,
    error_code: status === 'failed' ? twilioErrorCode(code || word) : '',
    error_detail: status === 'failed' ? clip(one(params, 'ErrorMessage') || one(params, 'ChannelStatusMessage') || word, 1000) : '',
    message_id: isId('message', at.messageId) ? at.messageId : '',
  };
}

function readMessage(params: Params, at: { sid: string; account: Account; receivedAt: string }): InboundMessage | undefined {
  const rawFrom = one(params, 'From');
  const rawTo = one(params, 'To');
  if (rawFrom === '' || rawTo === '') throw new BatonError('malformed_request', 'From and To are needed beside MessageSid.');
  const channel = channelOf(rawFrom);
  if (channel === undefined) return undefined;
  const { account } = at;
  const text = one(params, 'Body') || locationText(params);
  if (isTooLong(text)) throw new BatonError('malformed_request', 'Body is longer than 64 KiB.');
  const optOut = one(params, 'OptOutType').toUpperCase();
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    agent_id: account.agentId,
    provider: 'twilio',
    channel,
    provider_message_id: at.sid,
    // Senders that are no number (rare routes deliver such) still wrote: their address is kept as it came.
    from: normalizeAddress(channel, rawFrom, account.address) ?? clip(rawFrom.trim(), 320),
    to: normalizeAddress(channel, rawTo, account.address) ?? clip(rawTo.trim(), 320),
    text,
    attachments: readMedia(params),
    contact: contactOf(params),
    author: 'contact',
    sent_at: at.receivedAt,
    received_at: at.receivedAt,
    metadata: metadataOf(params),
    provider_opt_out: optOut === 'STOP' ? 'stop' : optOut === 'START' ? 'start' : '',
  };
}

function channelOf(from: string): Channel | undefined {
  if (from.startsWith('whatsapp:')) return 'whatsapp';
  // messenger:, rcs:, client: … are other products of the same company.
  return /^[a-z]+:/.test(from) ? undefined : 'sms';
}

function readMedia(params: Params): Attachment[] {
  const count = Math.min(Number.parseInt(one(params, 'NumMedia'), 10) || 0, 10);
  const media: Attachment[] = [];
  for (let index = 0; index < count; index++) {
    const url = one(params, `MediaUrl${index}`);
    if (url !== '') media.push({ url, content_type: one(params, `MediaContentType${index}`), size: 0, name: '' });
  }
  return media;
}

/** A shared place has no Body: its label or address and the coordinates stand for it. */
function locationText(params: Params): string {
  const latitude = one(params, 'Latitude');
  const longitude = one(params, 'Longitude');
  if (latitude === '' || longitude === '') return '';
  const place = [one(params, 'Label'), one(params, 'Address')].filter((part) => part !== '').join(', ');
  return `Location: ${place === '' ? '' : `${place} `}(${latitude}, ${longitude})`;
}

function contactOf(params: Params): InboundMessage['contact'] {
  const name = clip(one(params, 'ProfileName'), 256);
  return name === '' ? undefined : { name, email: '', attributes: undefined };
}

const kept: Readonly<Record<string, string>> = {
  OriginalRepliedMessageSid: 'reply_to',
  ButtonPayload: 'button_payload',
  ButtonText: 'button_text',
  ListId: 'reply_id',
  OptOutType: 'opt_out_type',
  ReferralSourceUrl: 'referral_url',
  ReferralHeadline: 'referral_headline',
  ReferralCtwaClid: 'referral_click_id',
  MessagingServiceSid: 'messaging_service_sid',
};

function metadataOf(params: Params): JsonObject | undefined {
  const found = Object.entries(kept).flatMap(([name, key]) => {
    const value = clip(one(params, name), 1024);
    return value === '' ? [] : [[key, value] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
