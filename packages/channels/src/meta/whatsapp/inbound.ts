import type { InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import type { ReceiptStatus } from '@baton/contracts/vocabulary.ts';
import { isBsuid } from '../../phone.ts';
import { credential } from '../../wire/headers.ts';
import { asList, asObject, asText, type JsonObject } from '../../wire/json.ts';
import { isProviderId } from '../../wire/provider-id.ts';
import { clip } from '../../wire/text.ts';
import { metaErrorCode } from '../errors.ts';
import { addMessage, addReceipt, type Frame, malformed, type Said } from '../frame.ts';
import { timeOfSeconds } from '../graph.ts';
import { contentOf } from './content.ts';

/** Webhook fields that tell of messages. `standby`: another app (Meta's own agent, say) holds the conversation and would lose it by our answer. */
const fields = new Set(['messages', 'smb_message_echoes', 'standby']);

/**
 * A WhatsApp Business account's entry: it may mix messages and statuses of several numbers. Those of another number than the account's are ignored.
 */
export function readWhatsappEntry(entry: JsonObject, frame: Frame): void {
  for (const change of asList(entry['changes'])) readChange(asObject(change) ?? {}, frame);
}

function readChange(change: JsonObject, frame: Frame): void {
  const value = asObject(change['value']) ?? {};
  const messages = asList(value['messages']);
  const statuses = asList(value['statuses']);
  const echoes = asList(value['message_echoes']);
  const number = asText(asObject(value['metadata'])?.['phone_number_id']);
  const ours = number !== '' && number === credential(frame.account.credentials, 'phone_number_id');
  const field = asText(change['field']);
  if (!ours || !fields.has(field)) {
    frame.parsed.ignored += Math.max(1, messages.length + statuses.length + echoes.length);
    return;
  }
  const standby = field === 'standby';
  const people = asList(value['contacts']).map((one) => asObject(one) ?? {});
  for (const message of messages) readMessage(asObject(message), people, { frame, standby });
  for (const status of statuses) readStatus(asObject(status), frame);
  for (const echo of echoes) readEcho(asObject(echo), { frame, standby });
}

interface Place {
  frame: Frame;
  standby: boolean;
}

function readMessage(message: JsonObject | undefined, people: JsonObject[], place: Place): void {
  if (!message) throw malformed('messages');
  const from = asText(message['from']);
  const userId = asText(message['from_user_id']);
  const person =
    people.find((one) => (from !== '' && asText(one['wa_id']) === from) || (userId !== '' && asText(one['user_id']) === userId)) ??
    (people.length === 1 ? people[0]! : {});
  // A user with a username may have no phone number for us: the business-scoped id stands for it, in the contact if not in the message.
  const address = addressOf(from) || addressOf(userId) || addressOf(asText(person['wa_id'])) || addressOf(asText(person['user_id']));
  add(message, place, { customer: address, author: 'contact', contact: contactOf(person, userId) });
}

/** A colleague answered from the phone: an echo, sent by us to the customer. It takes the conversation over. */
function readEcho(message: JsonObject | undefined, place: Place): void {
  if (!message) throw malformed('message_echoes');
  const customer = addressOf(asText(message['to'])) || addressOf(asText(message['to_user_id']));
  add(message, place, { customer, author: 'human', contact: undefined });
}

function add(message: JsonObject, { frame, standby }: Place, who: Pick<Said, 'customer' | 'author' | 'contact'>): void {
  const id = message['id'];
  const where = who.author === 'human' ? 'message_echoes' : 'messages';
  if (!isProviderId(id)) throw malformed(`${where}: id`);
  const content = contentOf(message);
  if (!content) {
    frame.parsed.ignored++;
    return;
  }
  if (who.customer === '') throw malformed(`${where}: neither a phone number nor a user id`);
  const at = timeOfSeconds(message['timestamp'], frame.receivedAt);
  // An edit may come under the id of what it edits.
  const own = content.metadata['edit_of'] === id ? clip(`${id}:edit:${at}`, 255) : id;
  addMessage(frame, { ...content, ...who, id: own, at, standby });
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
  addReceipt(frame, {
    provider_message_id: status['id'],
    status: known,
    occurred_at: timeOfSeconds(status['timestamp'], frame.receivedAt),
    error_code: error ? metaErrorCode(error['code']) : '',
    error_detail: error ? clip(asText(asObject(error['error_data'])?.['details']) || asText(error['title']), 1000) : '',
  });
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
