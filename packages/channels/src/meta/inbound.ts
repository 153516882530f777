import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import type { ReceiptStatus } from '@baton/contracts/vocabulary.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { isBsuid } from '../phone.ts';
import type { Account, Parsed, RawRequest } from '../provider.ts';
import { credential } from '../wire/headers.ts';
import { asList, asObject, asText, type JsonObject, parseJson } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { clip, isTooLong } from '../wire/text.ts';
import { contentOf } from './content.ts';
import { metaErrorCode } from './errors.ts';

interface Frame {
  account: Account;
  receivedAt: string;
  parsed: Parsed;
}

/**
 * A WhatsApp Cloud webhook: every level is a list, and one request may mix messages and statuses of several numbers. What belongs to another
 * number than the account's is counted as ignored: Meta posts all numbers of an app to one URL. Fields other than `messages` and
 * `smb_message_echoes` are ignored, `standby` above all: another app owns that thread, and answering would take it away.
 */
export function parseMeta(request: RawRequest, account: Account, receivedAt: Date): Parsed {
  const body = asObject(parseJson(request.body));
  if (!body || !Array.isArray(body['entry'])) throw new BatonError('malformed_request', 'The body is no webhook: it has no list "entry".');
  const frame: Frame = { account, receivedAt: receivedAt.toISOString(), parsed: { messages: [], receipts: [], ignored: 0 } };
  for (const entry of body['entry']) {
    for (const change of asList(asObject(entry)?.['changes'])) readChange(asObject(change) ?? {}, body['object'], frame);
  }
  return frame.parsed;
}

function readChange(change: JsonObject, object: unknown, frame: Frame): void {
  const value = asObject(change['value']) ?? {};
  const messages = asList(value['messages']);
  const statuses = asList(value['statuses']);
  const echoes = asList(value['message_echoes']);
  const number = asText(asObject(value['metadata'])?.['phone_number_id']);
  const ours = number !== '' && number === credential(frame.account.credentials, 'phone_number_id');
  const field = change['field'];
  if (object !== 'whatsapp_business_account' || !ours || (field !== 'messages' && field !== 'smb_message_echoes')) {
    frame.parsed.ignored += Math.max(1, messages.length + statuses.length + echoes.length);
    return;
  }
  if (field === 'messages') {
    const people = asList(value['contacts']).map((one) => asObject(one) ?? {});
    for (const message of messages) add(frame, readMessage(asObject(message), people, frame));
    for (const status of statuses) readStatus(asObject(status), frame);
  } else for (const echo of echoes) add(frame, readEcho(asObject(echo), frame));
}

function add(frame: Frame, message: InboundMessage | undefined): void {
  if (message) frame.parsed.messages.push(message);
  else frame.parsed.ignored++;
}

function readMessage(message: JsonObject | undefined, people: JsonObject[], frame: Frame): InboundMessage | undefined {
  if (!message) throw malformed('messages');
  const from = asText(message['from']);
  const userId = asText(message['from_user_id']);
  const person =
    people.find((one) => (from !== '' && asText(one['wa_id']) === from) || (userId !== '' && asText(one['user_id']) === userId)) ??
    (people.length === 1 ? people[0]! : {});
  // A user with a username may have no phone number for us: the business-scoped id stands for it, in the contact if not in the message.
  const address = addressOf(from) || addressOf(userId) || addressOf(asText(person['wa_id'])) || addressOf(asText(person['user_id']));
  return build(message, frame, { customer: address, author: 'contact', contact: contactOf(person, userId) });
}

/** A colleague answered from the phone: an echo, sent by us to the customer. It takes the conversation over. */
function readEcho(message: JsonObject | undefined, frame: Frame): InboundMessage | undefined {
  if (!message) throw malformed('message_echoes');
  const customer = addressOf(asText(message['to'])) || addressOf(asText(message['to_user_id']));
  return build(message, frame, { customer, author: 'human', contact: undefined });
}

function build(
  message: JsonObject,
  frame: Frame,
  who: { customer: string; author: 'contact' | 'human'; contact: InboundMessage['contact'] },
): InboundMessage | undefined {
  const id = message['id'];
  if (!isProviderId(id)) throw malformed(`${who.author === 'human' ? 'message_echoes' : 'messages'}: id`);
  const content = contentOf(message);
  if (!content) return undefined;
  if (who.customer === '') throw malformed('messages: neither a phone number nor a user id');
  if (isTooLong(content.text)) throw malformed('messages: text longer than 64 KiB');
  return {
    workspace_id: frame.account.workspaceId,
    channel_account_id: frame.account.channelAccountId,
    agent_id: frame.account.agentId,
    provider: 'meta',
    channel: 'whatsapp',
    provider_message_id: id,
    from: who.customer,
    to: frame.account.address,
    text: content.text,
    attachments: content.attachments,
    contact: who.contact,
    author: who.author,
    sent_at: timeOf(message['timestamp'], frame.receivedAt),
    received_at: frame.receivedAt,
    metadata: Object.keys(content.metadata).length === 0 ? undefined : content.metadata,
    provider_opt_out: '',
  };
}

const statusWords: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  // A voice message was listened to.
  played: 'read',
  failed: 'failed',
};

function readStatus(status: JsonObject | undefined, frame: Frame): void {
  if (!status || !isProviderId(status['id'])) throw malformed('statuses: id');
  const word = asText(status['status']);
  const known = Object.hasOwn(statusWords, word) ? statusWords[word] : undefined;
  if (known === undefined) {
    frame.parsed.ignored++;
    return;
  }
  const error = known === 'failed' ? (asObject(asList(status['errors'])[0]) ?? {}) : undefined;
  const receipt: InboundReceipt = {
    workspace_id: frame.account.workspaceId,
    channel_account_id: frame.account.channelAccountId,
    provider: 'meta',
    provider_message_id: status['id'],
    status: known,
    occurred_at: timeOf(status['timestamp'], frame.receivedAt),
    received_at: frame.receivedAt,
    error_code: error ? metaErrorCode(error['code']) : '',
    error_detail: error ? clip(asText(asObject(error['error_data'])?.['details']) || asText(error['title']), 1000) : '',
    message_id: '',
  };
  frame.parsed.receipts.push(receipt);
}

/** Meta writes numbers without a plus. */
function addressOf(raw: string): string {
  if (isBsuid(raw)) return raw;
  const digits = raw.startsWith('+') ? raw.slice(1) : raw;
  return /^[1-9]\d{5,14}$/.test(digits) ? `+${digits}` : '';
}

function contactOf(person: JsonObject, userId: string): InboundMessage['contact'] {
  const profile = asObject(person['profile']) ?? {};
  const name = clip(asText(profile['name']), 256);
  const id = asText(person['user_id']) || userId;
  const username = clip(asText(profile['username']), 256);
  if (name === '' && id === '' && username === '') return undefined;
  const attributes = {
    ...(id === '' ? {} : { whatsapp_user_id: clip(id, 160) }),
    ...(username === '' ? {} : { whatsapp_username: username }),
  };
  return { name, email: '', attributes: Object.keys(attributes).length === 0 ? undefined : attributes };
}

/** Seconds since 1970, as text or (echoes) as number. */
function timeOf(value: unknown, fallback: string): string {
  const seconds = typeof value === 'string' && /^\d{1,11}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds <= 0 || seconds > 99_999_999_999) return fallback;
  return new Date(seconds * 1000).toISOString();
}

function malformed(where: string): BatonError {
  return new BatonError('malformed_request', `The webhook could not be read at ${where}.`);
}
