import type { Account, ProviderAdapter, RawRequest, VerifyRefusal } from './provider.ts';
import { parseTelegram } from './telegram/inbound.ts';
import { telegramMedia } from './telegram/media.ts';
import { buildTelegramSend, buildTelegramTyping, readTelegramAnswer } from './telegram/send.ts';
import { sameText } from './wire/constant-time.ts';
import { credential, oneHeader } from './wire/headers.ts';

/** Telegram's Bot API: updates by webhook, messages by its methods. */
export const telegram: ProviderAdapter = {
  name: 'telegram',
  contentTypes: ['application/json'],
  methods: ['POST'],
  verify,
  parse: parseTelegram,
  // A body could be a call of a method: an empty one asks for nothing.
  answer: () => ({ status: 200, contentType: 'text/plain', body: '' }),
  buildSend: buildTelegramSend,
  readSendAnswer: (status, _headers, body) => readTelegramAnswer(status, body),
  buildTyping: buildTelegramTyping,
  mediaSource: telegramMedia,
};

/** The secret that was given to setWebhook comes back with every update. It covers no body: TLS alone does. */
function verify(request: RawRequest, account: Account): true | VerifyRefusal {
  const secret = credential(account.credentials, 'secret_token');
  if (secret === undefined) return 'no_secret';
  const given = oneHeader(request.headers, 'x-telegram-bot-api-secret-token');
  if (given === '') return 'signature_missing';
  return sameText(given, secret) ? true : 'signature_mismatch';
}
