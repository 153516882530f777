import { createHmac } from 'node:crypto';
import type { Attachment, InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { messageOfMailId } from '@baton/contracts/mail-id.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Account, InboundFile, Parsed, RawRequest, VerifyRefusal } from '../provider.ts';
import { sameText } from '../wire/constant-time.ts';
import { oneHeader } from '../wire/headers.ts';
import type { JsonObject } from '../wire/json.ts';
import { cleanText, clip, isTooLong } from '../wire/text.ts';
import { automaticBecause } from './automatic.ts';
import { inboundCredential, inboundKind } from './credentials.ts';
import { mediaType, readForm } from './form.ts';
import { htmlToText } from './html.ts';
import { keyOf, type Mail, oneLine, withoutPlus } from './mail.ts';
import { prepareMailgun, readMailgunEvent, readMailgunMail, verifyMailgun } from './mailgun.ts';
import { mailOf, readMime } from './mime.ts';
import type { Notice } from './notice.ts';
import { isPostmarkEvent, readPostmarkEvent, readPostmarkMail } from './postmark.ts';
import { withoutQuote } from './quoted.ts';
import { failureReported } from './report.ts';

const maxFiles = 10;

/** Reads forms and mails; a mail only for who may send it, since that is the dear part. */
export async function prepareEmail(request: RawRequest, account: Account, now: Date): Promise<void> {
  await readForm(request);
  if (verifyEmail(request, account, now) !== true) return;
  const kind = inboundKind(account.credentials);
  if (kind === 'mailgun') await prepareMailgun(request);
  if (kind === 'mime') await readMime(request.body, request.body);
}

export function verifyEmail(request: RawRequest, account: Account, now: Date): true | VerifyRefusal {
  switch (inboundKind(account.credentials)) {
    case 'mailgun':
      return verifyMailgun(request, account, now);
    case 'postmark':
    case 'mime':
      return verifySecret(request, account);
    default:
      return 'no_secret';
  }
}

/** Who signs nothing shows a secret: as the password of the address (`https://user:secret@…`), or as its `?secret=`. */
function verifySecret(request: RawRequest, account: Account): true | VerifyRefusal {
  const secret = inboundCredential(account.credentials, 'signing_key');
  if (secret === undefined) return 'no_secret';
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(oneHeader(request.headers, 'authorization'))?.[1];
  if (basic !== undefined) {
    const [user = '', ...password] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    const expected = inboundCredential(account.credentials, 'user') ?? user;
    return sameText(`${user}:${password.join(':')}`, `${expected}:${secret}`) ? true : 'signature_mismatch';
  }
  const given = URL.parse(request.url)?.searchParams.get('secret') ?? '';
  if (given === '') return 'signature_missing';
  return sameText(given, secret) ? true : 'signature_mismatch';
}

export function parseEmail(request: RawRequest, account: Account, receivedAt: Date): Parsed {
  const told = read(request, account, receivedAt);
  const at: At = { request, account, receivedAt };
  if (told === undefined) return { messages: [], receipts: [], ignored: 1 };
  if ('status' in told) return { messages: [], receipts: [told], ignored: 0 };
  if ('kind' in told)
    return told.customer === '' ? { messages: [], receipts: [], ignored: 1 } : { messages: [ofNotice(told, at)], receipts: [], ignored: 0 };
  const failed = failureReported(told, account, receivedAt);
  if (failed) return { messages: [], receipts: [failed], ignored: 0 };
  if (told.from.address === '' || automaticBecause(told, account.address) !== undefined) return { messages: [], receipts: [], ignored: 1 };
  return ofMail(told, at);
}

interface At {
  request: RawRequest;
  account: Account;
  receivedAt: Date;
}

function read(request: RawRequest, account: Account, receivedAt: Date) {
  switch (inboundKind(account.credentials)) {
    case 'mailgun':
      if (mediaType(request) === 'application/json') return readMailgunEvent(request, account, receivedAt);
      return readMailgunMail(request);
    case 'postmark':
      return isPostmarkEvent(request) ? readPostmarkEvent(request, account, receivedAt) : readPostmarkMail(request);
    case 'mime':
      return mailOf(request.body, { to: '', returnPath: undefined });
    default:
      throw new BatonError('malformed_request', 'The channel account does not say who posts its mails.');
  }
}

function ofMail(mail: Mail, at: At): Parsed {
  const id = keyOf(mail);
  const files = keptFiles(mail);
  const { attachments, stored } = reference(files, id, at);
  const sender = mail.replyTo !== '' && withoutPlus(mail.replyTo).address !== at.account.address ? mail.replyTo : mail.from.address;
  const text = textOf(mail, attachments.length);
  const message = messageOf(at, {
    id,
    from: sender,
    text,
    attachments,
    name: mail.from.name,
    sentAt: mail.date,
    metadata: metadataOf(mail, { dropped: mail.attachments.length - files.length, sender }),
  });
  message.mail = { subject: mail.subject, references: mail.references.slice(-20).filter((one) => one.length <= 250) };
  return { messages: [message], receipts: [], ignored: 0, files: stored };
}

/** What the customer wrote. The subject stands above it where it begins a thread (there it says something), or alone where there is nothing else. */
function textOf(mail: Mail, files: number): string {
  // Far more than anybody writes; the rest is what they answered.
  const plain = (mail.text.trim() === '' && mail.html !== '' ? htmlToText(mail.html) : mail.text).slice(0, 262_144);
  const whole =
    /^\s*(?:fwd?|wg|rv|tr)\s*:/i.test(mail.subject) || mail.stripped.trim() === ''
      ? withoutQuote(plain, mail.subject)
      : mail.stripped.trim();
  const body = cleanText(whole);
  const begins = mail.references.length === 0 && mail.subject !== '';
  const text = body === '' ? (files === 0 || begins ? mail.subject : '') : begins && !isWord(body) ? `${mail.subject}\n\n${body}` : body;
  if (text === '' && files === 0) return '[empty mail]';
  return isTooLong(text) ? clipBytes(text) : text;
}

/** A whole message of one word may be an opt-out: a subject above it would hide that. */
function isWord(body: string): boolean {
  return !/\s/.test(body);
}

/** 60 KiB: below what a message may have, with the mark that something is missing. */
function clipBytes(text: string): string {
  return `${Buffer.from(text)
    .subarray(0, 61_440)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}\n[…]`;
}

function ofNotice(notice: Notice, at: At): InboundMessage {
  const text = notice.kind === 'complained' ? '[reported our mail as spam]' : '[unsubscribed]';
  const message = messageOf(at, {
    id: notice.id,
    from: notice.customer,
    text,
    attachments: [],
    name: '',
    sentAt: notice.at,
    metadata: { type: notice.kind },
  });
  return { ...message, provider_opt_out: 'stop' };
}

function messageOf(
  { account, receivedAt }: At,
  m: { id: string; from: string; text: string; attachments: Attachment[]; name: string; sentAt: Date | undefined; metadata: JsonObject },
): InboundMessage {
  const received = receivedAt.toISOString();
  // Clocks of senders may be years off, and lists are ordered by time.
  const isCredible = m.sentAt && Math.abs(m.sentAt.getTime() - receivedAt.getTime()) < 7 * 86_400_000 && m.sentAt <= receivedAt;
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    agent_id: account.agentId,
    provider: 'email',
    channel: 'email',
    provider_message_id: m.id,
    from: m.from,
    to: account.address,
    text: m.text,
    attachments: m.attachments,
    contact: { name: m.name, email: m.from, attributes: undefined },
    author: 'contact',
    sent_at: isCredible ? m.sentAt!.toISOString() : received,
    received_at: received,
    metadata: m.metadata,
    provider_opt_out: '',
  };
}

function metadataOf(mail: Mail, about: { dropped: number; sender: string }): JsonObject {
  const answered = mail.references.findLast((one) => messageOfMailId(one) !== undefined);
  const { plus } = withoutPlus(mail.to);
  return {
    subject: mail.subject,
    ...(answered !== undefined && { reply_to: messageOfMailId(answered) }),
    ...(mail.cc.length > 0 && { cc: mail.cc.slice(0, 20) }),
    ...(plus !== '' && { plus_address: clip(plus, 100) }),
    ...(about.sender !== mail.from.address && { header_from: mail.from.address }),
    ...authenticationOf(mail.headers),
    ...(about.dropped > 0 && { attachments_dropped: about.dropped }),
  };
}

/** What the receiving service found out about the sender: anybody can write any address into `From`, and whoever reads should be able to see it. */
function authenticationOf(headers: Mail['headers']): JsonObject {
  const results = (headers.get('authentication-results') ?? '').slice(0, 4000);
  const found = (name: string, own: string) => {
    const word = (headers.get(own) ?? new RegExp(`\\b${name}=(\\w{1,12})`, 'i').exec(results)?.[1] ?? '')
      .trim()
      .split(/\W/, 1)[0]!
      .toLowerCase();
    return word === '' ? {} : { [name]: word };
  };
  const authentication = {
    ...found('spf', 'x-mailgun-spf'),
    ...found('dkim', 'x-mailgun-dkim-check-result'),
    ...found('dmarc', 'x-dmarc'),
  };
  const isSpam = /^yes\b/i.test(headers.get('x-mailgun-sflag') ?? headers.get('x-spam-status') ?? headers.get('x-spam-flag') ?? '');
  return { ...(Object.keys(authentication).length > 0 && { authentication }), ...(isSpam && { spam: true }) };
}

/** What is a file to a person: not the parts that programs exchange. Files of their own before pictures within the text. */
function keptFiles(mail: Mail): Mail['attachments'] {
  const files = mail.attachments.filter(
    (one) => one.bytes.length > 0 && !/^application\/(?:pgp-signature|pkcs7-signature|x-pkcs7-signature)$/i.test(one.contentType),
  );
  return files.slice(0, maxFiles);
}

/**
 * Files of a mail come as bytes and are kept by ingest under `/files/{account}/{id}/{name}`. The id cannot be guessed, and a repeat of the mail has the
 * same: it is keyed by the account's own secret.
 */
function reference(files: Mail['attachments'], id: string, { request, account }: At): { attachments: Attachment[]; stored: InboundFile[] } {
  const base = request.url.slice(0, request.url.indexOf('/providers/'));
  const key = inboundCredential(account.credentials, 'signing_key') ?? '';
  const stored = files.map((file, index): InboundFile => {
    const fileId = createHmac('sha256', key)
      .update(`file\n${account.channelAccountId}\n${id}\n${index}\n`)
      .update(file.bytes)
      .digest('base64url');
    const name = oneLine(file.name, 200).replaceAll(/[/\\]/g, '_');
    const contentType = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(file.contentType)
      ? file.contentType.toLowerCase()
      : 'application/octet-stream';
    return { id: fileId, name, contentType, bytes: file.bytes };
  });
  return {
    stored,
    attachments: stored.map((file) => ({
      url: `${base}/files/${account.channelAccountId}/${file.id}`,
      content_type: file.contentType,
      size: file.bytes.length,
      name: file.name,
    })),
  };
}
