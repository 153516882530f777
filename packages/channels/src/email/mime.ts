import { BatonError } from '@baton/errors/baton-error.ts';
import PostalMime, { type Address, addressParser, type Email } from 'postal-mime';
import { asText } from '../wire/json.ts';
import { cleanAddress, idsIn, type Mail, type Mailbox, oneLine, referencesOf } from './mail.ts';

/** Mails that were read, by the bytes of the request that brought them; undefined: they are none. */
const read = new WeakMap<Buffer, Email | undefined>();

/** Reads a mail as it went over the wire (RFC 5322), for `mailOf`. `request`: the body in which it stands. */
export async function readMime(request: Buffer, mail: Buffer | string): Promise<void> {
  if (read.has(request)) return;
  const parsed = PostalMime.parse(mail, { attachmentEncoding: 'arraybuffer', maxNestingDepth: 30, maxHeadersSize: 262_144 });
  read.set(request, await parsed.catch(() => undefined));
}

/** The mail that `readMime` has read. `envelope`: what the service knows beside it. */
export function mailOf(request: Buffer, envelope: { to: string; returnPath: string | undefined }): Mail {
  const email = read.get(request);
  if (!email) throw new BatonError('malformed_request', 'The body is not a mail.');
  const headers = new Map<string, string>();
  for (const { key, value } of email.headers) if (!headers.has(key)) headers.set(key, value);
  const date = new Date(email.date ?? Number.NaN);
  return {
    messageId: idsIn(email.messageId ?? '')[0] ?? '',
    references: referencesOf(headers),
    from: mailbox(email.from),
    replyTo: mailbox(email.replyTo?.[0]).address,
    returnPath: envelope.returnPath ?? (headers.has('return-path') ? cleanAddress(email.returnPath ?? '') : undefined),
    to: envelope.to || cleanAddress(email.deliveredTo ?? '') || mailbox(email.to?.[0]).address,
    cc: (email.cc ?? []).map((one) => mailbox(one).address).filter((one) => one !== ''),
    subject: oneLine(email.subject ?? '', 500),
    date: Number.isNaN(date.getTime()) ? undefined : date,
    text: asText(email.text),
    html: asText(email.html),
    stripped: '',
    headers,
    attachments: email.attachments.map((one) => ({
      name: one.filename ?? '',
      contentType: one.mimeType,
      bytes: Buffer.from(one.content as ArrayBuffer),
    })),
  };
}

function mailbox(address: Address | undefined): Mailbox {
  const one = address?.group ? address.group[0] : address;
  return { address: cleanAddress(one?.address ?? ''), name: oneLine(one?.name ?? '', 256) };
}

/** The mailboxes of a `From`, `To`, `Cc` or `Reply-To` header, 50 at most. */
export function mailboxes(header: string): Mailbox[] {
  if (header === '') return [];
  return addressParser(header.slice(0, 20_000), { flatten: true })
    .slice(0, 50)
    .map(mailbox)
    .filter((one) => one.address !== '');
}
