import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { capabilitiesOf, mediaKindOf } from '../capabilities.ts';
import type { Account, BuiltSend, SendAnswer, SendFailed, SendRequest, SignalTarget } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { asObject, asText, type JsonObject } from '../wire/json.ts';
import { clip } from '../wire/text.ts';
import { addressOf, chatOf, messageKey } from './address.ts';
import { botUrl } from './media.ts';

/** sendMessage, or the method for the kind of file. */
export function buildTelegramSend(message: OutboundMessage, account: Account): BuiltSend {
  const chat = chatOf(message.to);
  if (!chat) return failed('recipient_invalid', 'The address is no Telegram chat.');
  if (message.template) return failed('template_unsupported', 'Telegram has no templates.');
  const content = contentFor(message);
  if ('kind' in content) return content;
  const request = call(account, content.method, { ...chat, ...content.fields });
  return request ? { kind: 'request', request } : failed('channel_misconfigured', 'The channel account has no bot_token.');
}

export function buildTelegramTyping(target: SignalTarget, account: Account): SendRequest | undefined {
  const chat = chatOf(target.to);
  return chat && call(account, 'sendChatAction', { ...chat, action: 'typing' });
}

function call(account: Account, method: string, fields: JsonObject): SendRequest | undefined {
  const url = botUrl(account, 'bot');
  if (url === undefined) return undefined;
  return { method: 'POST', url: `${url}/${method}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) };
}

function contentFor(message: OutboundMessage): { method: string; fields: JsonObject } | SendFailed {
  const { text, media } = capabilitiesOf('telegram', 'telegram');
  const [file, ...more] = message.attachments;
  if (more.length > 0) return failed('too_many_attachments', 'Telegram takes one file a message.');
  const limit = file ? media.maxCaption : text.max;
  if (message.text.length > limit) return failed('text_too_long', `Telegram takes at most ${limit} characters here.`);
  if (!file) return { method: 'sendMessage', fields: { text: message.text } };
  const { method, field } = methodFor(file.contentType);
  return { method, fields: { [field]: file.url, ...(message.text !== '' && { caption: message.text }) } };
}

function methodFor(contentType: string): { method: string; field: string } {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'image/gif') return { method: 'sendAnimation', field: 'animation' };
  if (type === 'audio/ogg') return { method: 'sendVoice', field: 'voice' };
  switch (mediaKindOf(type)) {
    case 'image':
      return { method: 'sendPhoto', field: 'photo' };
    case 'video':
      return { method: 'sendVideo', field: 'video' };
    case 'audio':
      return { method: 'sendAudio', field: 'audio' };
    default:
      return { method: 'sendDocument', field: 'document' };
  }
}

/** No idempotency key exists: what may have been taken on is unknown. */
export function readTelegramAnswer(status: number, text: string): SendAnswer {
  const body = answerBody(text);
  if (status >= 200 && status < 300) {
    const id = sentId(asObject(body['result']));
    return id === undefined
      ? { kind: 'unknown', detail: `Telegram answered ${status} without a message's id.` }
      : { kind: 'sent', providerMessageId: id };
  }
  if (status === 429) {
    const seconds = Number(asObject(body['parameters'])?.['retry_after']);
    const afterMs = Number.isFinite(seconds) && seconds >= 0 ? Math.min(Math.ceil(seconds * 1000), 3_600_000) : 2000;
    return { kind: 'retry', afterMs, reason: 'Telegram answered 429', limited: 'account' };
  }
  if (status >= 500 || status === 408) return { kind: 'unknown', detail: `Telegram answered ${status}; it may have the message.` };
  const words = asText(body['description']);
  return failed(codeFor(status, words), clip(words || `Telegram answered ${status}.`, 1000));
}

function sentId(message: JsonObject | undefined): string | undefined {
  const id = message?.['message_id'];
  const chat = asObject(message?.['chat'])?.['id'];
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof chat !== 'number' || !Number.isSafeInteger(chat)) return undefined;
  const connection = asText(message?.['business_connection_id']);
  return messageKey(addressOf(chat, /^[A-Za-z0-9_-]{0,128}$/.test(connection) ? connection : ''), id);
}

/** Telegram's codes are HTTP's; what happened is in its words, which tdlib keeps stable. The first that fits. */
const byWords: readonly (readonly [RegExp, string])[] = [
  [/blocked by the user/i, 'recipient_blocked'],
  [/user is deactivated|can't initiate conversation|can't send messages to bots/i, 'recipient_unreachable'],
  [/chat not found|PEER_ID_INVALID|user not found/i, 'recipient_invalid'],
  [/message is too long|caption is too long/i, 'text_too_long'],
  [
    /failed to get HTTP URL|wrong file|wrong type of the web page|wrong remote file|file is too big|PHOTO_INVALID|IMAGE_PROCESS|http url/i,
    'attachment_refused',
  ],
  [/business connection|BUSINESS_/i, 'channel_unauthorized'],
];

function codeFor(status: number, words: string): string {
  const known = byWords.find(([pattern]) => pattern.test(words));
  if (known) return known[1];
  // An unknown token is answered by 401 or 404.
  return status === 401 || status === 404 ? 'channel_unauthorized' : `telegram_${status}`;
}

function failed(code: string, detail: string): SendFailed {
  return { kind: 'failed', code, detail };
}
