import type { InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { isId } from '@baton/contracts/ids.ts';
import { mailIdOf } from '@baton/contracts/mail-id.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Account, RawRequest } from '../provider.ts';
import { asList, asObject, asText, type JsonObject } from '../wire/json.ts';
import { jsonOf } from './form.ts';
import { cleanAddress, idsIn, type Mail, oneLine, referencesOf } from './mail.ts';
import { mailboxes } from './mime.ts';
import { type Notice, reasonOf, receiptOf } from './notice.ts';

/** The name under which our message id goes out and comes back in every webhook (`X-PM-Metadata-…`). */
export const postmarkMetadata = 'baton-message-id';

function bodyOf(request: RawRequest): JsonObject {
  const body = asObject(jsonOf(request));
  if (!body) throw new BatonError('malformed_request', 'The body is not an object.');
  return body;
}

/** Whether this is about a mail that we sent, and not one that came in. */
export function isPostmarkEvent(request: RawRequest): boolean {
  return typeof bodyOf(request)['RecordType'] === 'string';
}

export function readPostmarkMail(request: RawRequest): Mail {
  const body = bodyOf(request);
  const headers = new Map<string, string>();
  for (const one of asList(body['Headers']).map(asObject)) {
    const name = asText(one?.['Name']).toLowerCase();
    if (name !== '' && !headers.has(name)) headers.set(name, asText(one?.['Value']));
  }
  const from = asObject(body['FromFull']);
  const date = new Date(asText(body['Date']));
  return {
    // Its own MessageID is a name within Postmark; the mail's stands among the headers.
    messageId: idsIn(headers.get('message-id') ?? '')[0] ?? asText(body['MessageID']),
    references: referencesOf(headers),
    from: {
      address: cleanAddress(asText(from?.['Email']) || asText(body['From'])),
      name: oneLine(asText(from?.['Name']) || asText(body['FromName']), 256),
    },
    replyTo: mailboxes(asText(body['ReplyTo']))[0]?.address ?? '',
    returnPath: headers.has('return-path') ? cleanAddress(headers.get('return-path')!.replaceAll(/[<>]/g, '')) : undefined,
    to: cleanAddress(asText(body['OriginalRecipient'])),
    cc: asList(body['CcFull'])
      .map((one) => cleanAddress(asText(asObject(one)?.['Email'])))
      .filter((one) => one !== ''),
    subject: oneLine(asText(body['Subject']), 500),
    date: Number.isNaN(date.getTime()) ? undefined : date,
    text: asText(body['TextBody']),
    html: asText(body['HtmlBody']),
    stripped: asText(body['StrippedTextReply']),
    headers,
    attachments: asList(body['Attachments']).flatMap((one) => {
      const file = asObject(one);
      const content = file?.['Content'];
      if (!file || typeof content !== 'string') return [];
      return [{ name: asText(file['Name']), contentType: asText(file['ContentType']), bytes: Buffer.from(content, 'base64') }];
    }),
  };
}

/** One webhook about a mail of ours; undefined: nothing that we act on. */
export function readPostmarkEvent(request: RawRequest, account: Account, receivedAt: Date): InboundReceipt | Notice | undefined {
  const body = bodyOf(request);
  const messageId = asText(asObject(body['Metadata'])?.[postmarkMetadata]);
  if (!isId('message', messageId)) return undefined;
  const id = mailIdOf(messageId, account.address);
  const time = new Date(asText(body['DeliveredAt'] ?? body['BouncedAt'] ?? body['ChangedAt']));
  const at = Number.isNaN(time.getTime()) ? receivedAt : time;
  const about = { account, id, messageId, at, receivedAt };
  switch (body['RecordType']) {
    case 'Delivery':
      return receiptOf(about, { status: 'delivered' });
    case 'Bounce': {
      // The mail is still on its way: an answering machine, or a server that Postmark asks again.
      if (['Transient', 'AutoResponder', 'ChallengeVerification', 'AddressChange', 'Subscribe'].includes(asText(body['Type'])))
        return undefined;
      const details = asText(body['Details']) || asText(body['Description']);
      return receiptOf(about, { status: 'failed', ...reasonOf(0, details, asText(body['Type'])) });
    }
    case 'SpamComplaint':
      return { kind: 'complained', id: `${messageId}.complained`, customer: cleanAddress(asText(body['Email'])), at };
    case 'SubscriptionChange': {
      const bySelf = body['SuppressSending'] === true && body['Origin'] === 'Recipient';
      return bySelf
        ? { kind: 'unsubscribed', id: `${messageId}.unsubscribed`, customer: cleanAddress(asText(body['Recipient'])), at }
        : undefined;
    }
    default:
      return undefined;
  }
}
