import type { InboundContact, InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Account, Parsed, RawRequest } from '../provider.ts';
import { credential } from '../wire/headers.ts';
import { asList, asObject, asText, type JsonObject, parseJson } from '../wire/json.ts';
import { clip, isTooLong } from '../wire/text.ts';
import { addressOf, messageKey } from './address.ts';
import { type Content, contentOf } from './content.ts';

interface Frame {
  account: Account;
  receivedAt: string;
}

/** One update holds one thing that happened. Groups and channels are no customers: only private chats are taken. */
export function parseTelegram(request: RawRequest, account: Account, receivedAt: Date): Parsed {
  const update = asObject(parseJson(request.body));
  if (!update || !Number.isSafeInteger(update['update_id'])) throw malformed('it has no update_id');
  const message = readUpdate(update, { account, receivedAt: receivedAt.toISOString() });
  if (message && isTooLong(message.text)) throw malformed('text longer than 64 KiB');
  return { messages: message ? [message] : [], receipts: [], ignored: message ? 0 : 1 };
}

function readUpdate(update: JsonObject, frame: Frame): InboundMessage | undefined {
  const written = asObject(update['message']) ?? asObject(update['business_message']);
  if (written) return readMessage(written, frame);
  const edited = asObject(update['edited_message']) ?? asObject(update['edited_business_message']);
  if (edited) return readEdit(edited, frame);
  const pressed = asObject(update['callback_query']);
  if (pressed) return readButton(pressed, frame);
  const reaction = asObject(update['message_reaction']);
  if (reaction) return readReaction(reaction, update['update_id'], frame);
  const member = asObject(update['my_chat_member']);
  return member && readMembership(member, update['update_id'], frame);
}

interface Chat {
  id: number;
  address: string;
}

/** The private chat that something happened in; undefined for groups and channels. */
function privateChat(of: JsonObject): Chat | undefined {
  const chat = asObject(of['chat']);
  const id = chat?.['id'];
  if (chat?.['type'] !== 'private' || typeof id !== 'number' || !Number.isSafeInteger(id)) return undefined;
  const connection = asText(of['business_connection_id']);
  return { id, address: addressOf(id, /^[A-Za-z0-9_-]{0,128}$/.test(connection) ? connection : '') };
}

/**
 * `from` is not the chat's other side: the owner of a connected account wrote (a takeover), or a program did in their name. Our own bot's words come back too;
 * greetings and away notices were written by nobody.
 */
function writerOf(message: JsonObject, chat: Chat, frame: Frame): 'contact' | 'human' | 'nobody' {
  const from = asObject(message['from']);
  if (from?.['id'] === chat.id && from['is_bot'] !== true) return 'contact';
  if (!chat.address.includes('@') || message['is_from_offline'] === true) return 'nobody';
  const bot = asObject(message['sender_business_bot'])?.['id'];
  return bot !== undefined && String(bot) === credential(frame.account.credentials, 'bot_token')?.split(':', 1)[0] ? 'nobody' : 'human';
}

function readMessage(message: JsonObject, frame: Frame): InboundMessage | undefined {
  const chat = privateChat(message);
  const id = message['message_id'];
  if (!chat || typeof id !== 'number' || !Number.isSafeInteger(id)) return undefined;
  const author = writerOf(message, chat, frame);
  const content = author === 'nobody' ? undefined : contentOf(message);
  if (!content || author === 'nobody') return undefined;
  const { reply_to: repliesTo, ...metadata } = content.metadata;
  if (typeof repliesTo === 'number') metadata['reply_to'] = messageKey(chat.address, repliesTo);
  return build(frame, chat, {
    id: messageKey(chat.address, id),
    author,
    content: { ...content, metadata },
    from: author === 'contact' ? message['from'] : undefined,
    at: message['date'],
  });
}

/** The new wording is a message of its own: the AI may have answered the old one already. */
function readEdit(message: JsonObject, frame: Frame): InboundMessage | undefined {
  // A shared live location moves on by edits.
  if (asObject(message['location'])) return undefined;
  const read = readMessage(message, frame);
  const at = message['edit_date'];
  if (!read || typeof at !== 'number' || !Number.isSafeInteger(at)) return undefined;
  return {
    ...read,
    provider_message_id: `${read.provider_message_id}:edit:${at}`,
    sent_at: timeOf(at, frame.receivedAt),
    metadata: { ...read.metadata, type: 'edit', edit_of: read.provider_message_id },
  };
}

/** A press says what stands on the button; what it means to a program is in `button_payload`. */
function readButton(query: JsonObject, frame: Frame): InboundMessage | undefined {
  const message = asObject(query['message']) ?? {};
  const chat = privateChat(message);
  const id = asText(query['id']);
  if (!chat || !/^[\w-]{1,64}$/.test(id)) return undefined;
  const data = asText(query['data']);
  const rows = asList(asObject(message['reply_markup'])?.['inline_keyboard']);
  const label = rows
    .flatMap(asList)
    .map((button) => asObject(button) ?? {})
    .find((button) => asText(button['callback_data']) === data);
  const text = asText(label?.['text']) || data;
  if (text === '') return undefined;
  const content = { text, attachments: [], metadata: { type: 'button', button_payload: clip(data, 1024) } };
  return build(frame, chat, { id: `callback:${id}`, author: 'contact', content, from: query['from'], at: undefined });
}

function readReaction(reaction: JsonObject, updateId: unknown, frame: Frame): InboundMessage | undefined {
  const chat = privateChat(reaction);
  const to = reaction['message_id'];
  const text = asList(reaction['new_reaction'])
    .map((one) => asText(asObject(one)?.['emoji']))
    .join('');
  // Without an emoji a reaction was taken back, or is one that only Telegram can show.
  if (!chat || typeof to !== 'number' || text === '') return undefined;
  const content = { text, attachments: [], metadata: { type: 'reaction', reaction_to: messageKey(chat.address, to) } };
  return build(frame, chat, { id: `reaction:${updateId}`, author: 'contact', content, from: reaction['user'], at: reaction['date'] });
}

/** Who blocks the bot can be sent nothing more: the same as an opt-out, until they unblock it. */
function readMembership(member: JsonObject, updateId: unknown, frame: Frame): InboundMessage | undefined {
  const chat = privateChat(member);
  const [before, now] = ['old_chat_member', 'new_chat_member'].map((name) => asText(asObject(member[name])?.['status']));
  if (!chat || (now !== 'kicked' && !(now === 'member' && before === 'kicked'))) return undefined;
  const blocked = now === 'kicked';
  const text = blocked ? '[blocked the bot]' : '[unblocked the bot]';
  const content = { text, attachments: [], metadata: { type: blocked ? 'blocked' : 'unblocked' } };
  const message = build(frame, chat, { id: `member:${updateId}`, author: 'contact', content, from: member['from'], at: member['date'] });
  return { ...message, provider_opt_out: blocked ? 'stop' : 'start' };
}

function build(
  frame: Frame,
  chat: Chat,
  what: { id: string; author: 'contact' | 'human'; content: Content; from: unknown; at: unknown },
): InboundMessage {
  const { account, receivedAt } = frame;
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    agent_id: account.agentId,
    provider: 'telegram',
    channel: 'telegram',
    provider_message_id: what.id,
    from: chat.address,
    to: account.address,
    text: what.content.text,
    attachments: what.content.attachments,
    contact: contactOf(asObject(what.from)),
    author: what.author,
    sent_at: timeOf(what.at, receivedAt),
    received_at: receivedAt,
    metadata: Object.keys(what.content.metadata).length === 0 ? undefined : what.content.metadata,
    provider_opt_out: '',
  };
}

function contactOf(user: JsonObject | undefined): InboundContact | undefined {
  if (!user) return undefined;
  const name = [asText(user['first_name']), asText(user['last_name'])].filter((part) => part !== '').join(' ');
  const [username, language] = [asText(user['username']), asText(user['language_code'])];
  const attributes = {
    ...(username !== '' && { telegram_username: clip(username, 64) }),
    ...(language !== '' && { language: clip(language, 35) }),
  };
  return { name: clip(name, 256), email: '', attributes: Object.keys(attributes).length === 0 ? undefined : attributes };
}

function timeOf(seconds: unknown, fallback: string): string {
  const known = typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds < 99_999_999_999;
  return known ? new Date(seconds * 1000).toISOString() : fallback;
}

function malformed(why: string): BatonError {
  return new BatonError('malformed_request', `The body is no update: ${why}.`);
}
