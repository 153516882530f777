import { createHmac } from 'node:crypto';
import { readMetaAnswer } from './meta/answer.ts';
import { metaMedia } from './meta/graph.ts';
import { parseMeta } from './meta/inbound.ts';
import { buildMessengerSend, messengerTyping } from './meta/messenger/send.ts';
import { buildWhatsappSend, whatsappTyping } from './meta/whatsapp/send.ts';
import type { Account, HttpAnswer, ProviderAdapter, RawRequest, VerifyRefusal } from './provider.ts';
import { sameBytes, sameText } from './wire/constant-time.ts';
import { credential, oneHeader } from './wire/headers.ts';
import { plainKey, secretKey } from './wire/keys.ts';

/** WhatsApp Cloud API, Messenger and Instagram: Graph webhooks and the messages endpoint. */
export const meta: ProviderAdapter = {
  name: 'meta',
  contentTypes: ['application/json'],
  methods: ['GET', 'POST'],
  verify,
  handshake,
  parse: parseMeta,
  answer: () => ({ status: 200, contentType: 'text/plain', body: '' }),
  buildSend: (message, account, context) =>
    account.channel === 'whatsapp' ? buildWhatsappSend(message, account) : buildMessengerSend(message, account, context),
  readSendAnswer: readMetaAnswer,
  buildTyping: (target, account) => (account.channel === 'whatsapp' ? whatsappTyping(target, account) : messengerTyping(target, account)),
  mediaSource: metaMedia,
};

/** `X-Hub-Signature-256: sha256=<hex HMAC-SHA256(app secret, raw body)>`. */
function verify(request: RawRequest, account: Account): true | VerifyRefusal {
  const secret = secretKey(account.credentials, 'app_secret', plainKey);
  if (!secret) return 'no_secret';
  const given = oneHeader(request.headers, 'x-hub-signature-256');
  if (given === '') return 'signature_missing';
  if (!/^sha256=[0-9a-f]{64}$/i.test(given)) return 'signature_mismatch';
  const expected = createHmac('sha256', secret).update(request.body).digest();
  return sameBytes(Buffer.from(given.slice(7), 'hex'), expected) ? true : 'signature_mismatch';
}

/** Meta asks once, when the webhook is set up, and expects its challenge back. https://developers.facebook.com/docs/graph-api/webhooks/getting-started */
function handshake(request: RawRequest, account: Account): HttpAnswer | 'refused' | undefined {
  if (request.method !== 'GET') return undefined;
  const at = request.url.indexOf('?');
  const query = new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1));
  const token = credential(account.credentials, 'verify_token');
  const challenge = query.get('hub.challenge') ?? '';
  if (query.get('hub.mode') !== 'subscribe' || token === undefined || !sameText(query.get('hub.verify_token') ?? '', token))
    return 'refused';
  // Echoed to whoever knows the token: plain text, and nothing long enough to be of use as a page.
  return challenge.length <= 256 ? { status: 200, contentType: 'text/plain', body: challenge } : 'refused';
}
