import { createHmac } from 'node:crypto';
import type { InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { messageOfMailId } from '@baton/contracts/mail-id.ts';
import type { Account, RawRequest, VerifyRefusal } from '../provider.ts';
import { sameText } from '../wire/constant-time.ts';
import { asList, asObject, asText, type JsonObject } from '../wire/json.ts';
import { inboundCredential } from './credentials.ts';
import { type Form, formOf, jsonOf, mediaType } from './form.ts';
import { cleanAddress, idsIn, type Mail, oneLine, referencesOf } from './mail.ts';
import { mailboxes, mailOf, readMime } from './mime.ts';
import { type Notice, reasonOf, receiptOf } from './notice.ts';

/** Mailgun repeats for eight hours what it could not deliver. Its signature does not cover the body: an old one must not open the door for ever. */
const toleranceSeconds = 12 * 3600;

/** Hex HMAC-SHA256 of timestamp and token, which stand among the form's fields or in the event's `signature`. */
export function verifyMailgun(request: RawRequest, account: Account, now: Date): true | VerifyRefusal {
  const key = inboundCredential(account.credentials, 'signing_key');
  if (key === undefined) return 'no_secret';
  const { timestamp, token, signature } = signatureOf(request);
  if (timestamp === '' || token === '' || signature === '') return 'signature_missing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'timestamp_out_of_range';
  if (
    !sameText(
      createHmac('sha256', key)
        .update(timestamp + token)
        .digest('hex'),
      signature,
    )
  )
    return 'signature_mismatch';
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= toleranceSeconds ? true : 'timestamp_out_of_range';
}

function signatureOf(request: RawRequest): Record<'timestamp' | 'token' | 'signature', string> {
  try {
    const of =
      mediaType(request) === 'application/json' ? reader(asObject(asObject(jsonOf(request))?.['signature'])) : fieldReader(formOf(request));
    return { timestamp: of('timestamp'), token: of('token'), signature: of('signature') };
  } catch {
    // Nothing that can be read carries no signature; what is wrong with it is nobody's business.
    return { timestamp: '', token: '', signature: '' };
  }
}

function reader(object: JsonObject | undefined): (name: string) => string {
  return (name) => {
    const value = object && Object.hasOwn(object, name) ? object[name] : undefined;
    return typeof value === 'number' ? String(value) : asText(value);
  };
}

function fieldReader(form: Form): (name: string) => string {
  return (name) => asText(form.fields.get(name));
}

/** The mail within a form, where it stands there whole. */
export async function prepareMailgun(request: RawRequest): Promise<void> {
  if (mediaType(request) === 'application/json') return;
  const mime = formOf(request).fields.get('body-mime');
  if (mime !== undefined) await readMime(request.body, mime);
}

/** A route's `forward()` to us: the mail in fields, or whole (`body-mime`) where the address ends in `mime`. */
export function readMailgunMail(request: RawRequest): Mail {
  const form = formOf(request);
  const field = fieldReader(form);
  const envelope = {
    to: cleanAddress(field('recipient')),
    returnPath: form.fields.has('sender') ? cleanAddress(field('sender')) : undefined,
  };
  if (form.fields.has('body-mime')) return mailOf(request.body, envelope);
  const headers = headersOf(field('message-headers'));
  const [from] = mailboxes(headers.get('from') ?? field('from'));
  const date = new Date(headers.get('date') ?? Number.NaN);
  return {
    messageId: idsIn(headers.get('message-id') ?? field('Message-Id'))[0] ?? '',
    references: referencesOf(headers),
    from: from ?? { address: cleanAddress(field('sender')), name: '' },
    replyTo: mailboxes(headers.get('reply-to') ?? '')[0]?.address ?? '',
    ...envelope,
    cc: mailboxes(headers.get('cc') ?? '').map((one) => one.address),
    subject: oneLine(headers.get('subject') ?? field('subject'), 500),
    date: Number.isNaN(date.getTime()) ? undefined : date,
    text: field('body-plain'),
    html: field('body-html'),
    stripped: field('stripped-text'),
    headers,
    attachments: form.files.filter((file) => file.field.startsWith('attachment')),
  };
}

function headersOf(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return headers;
  }
  for (const pair of asList(list)) {
    const [name, value] = asList(pair);
    const key = asText(name).toLowerCase();
    if (key !== '' && typeof value === 'string' && !headers.has(key)) headers.set(key, asText(value));
  }
  return headers;
}

/** One event of Mailgun's webhooks; undefined: nothing that we act on, or not about a mail of ours. */
export function readMailgunEvent(request: RawRequest, account: Account, receivedAt: Date): InboundReceipt | Notice | undefined {
  const event = asObject(asObject(jsonOf(request))?.['event-data']);
  if (!event) return undefined;
  const message = asObject(asObject(event['message'])?.['headers']);
  const id = asText(message?.['message-id']);
  const messageId = messageOfMailId(id) ?? '';
  if (messageId === '') return undefined;
  const seconds = event['timestamp'];
  const at = typeof seconds === 'number' && seconds > 0 && seconds < 8e9 ? new Date(seconds * 1000) : receivedAt;
  const about = { account, id, messageId, at, receivedAt };
  switch (event['event']) {
    case 'delivered':
      return receiptOf(about, { status: 'delivered' });
    case 'failed':
    case 'rejected': {
      // `temporary`: Mailgun tries again by itself.
      if (event['severity'] === 'temporary') return undefined;
      const status = asObject(event['delivery-status']);
      const detail = [asText(status?.['description']), asText(status?.['message'])].filter(Boolean).join(' ') || asText(event['reason']);
      return receiptOf(about, { status: 'failed', ...reasonOf(Number(status?.['code']), detail, asText(event['reason'])) });
    }
    case 'complained':
    case 'unsubscribed':
      return {
        kind: event['event'],
        id: asText(event['id']) || `${messageId}.${event['event']}`,
        customer: cleanAddress(asText(event['recipient'])),
        at,
      };
    default:
      return undefined;
  }
}
