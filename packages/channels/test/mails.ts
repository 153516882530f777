import { createHmac } from 'node:crypto';
import { email } from '../src/email.ts';
import type { Account, Parsed, RawRequest } from '../src/provider.ts';
import { account, post, receivedAt } from './account.ts';

export const mailgunKey = 'mailgun-signing-key';
export const mailSecret = 'a secret with : and / in it';
const smtp = { host: 'smtp.example.com', port: 587, user: 'desk', password: 'p', from: 'Flat Desk <desk@example.com>' };

export function mailAccount(kind: 'mailgun' | 'postmark' | 'mime', over: Partial<Account> = {}): Account {
  const inbound = { kind, signing_key: kind === 'mailgun' ? mailgunKey : mailSecret };
  return account({ channel: 'email', address: 'desk@example.com', credentials: { inbound, smtp }, ...over });
}

export function mailgunSignature(at = receivedAt, key = mailgunKey): Record<'timestamp' | 'token' | 'signature', string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const token = 'c'.repeat(50);
  return {
    timestamp,
    token,
    signature: createHmac('sha256', key)
      .update(timestamp + token)
      .digest('hex'),
  };
}

export interface TestMail {
  from?: string;
  to?: string;
  subject?: string;
  text?: string;
  html?: string;
  stripped?: string;
  headers?: [name: string, value: string][];
  files?: { name: string; type: string; bytes: Buffer }[];
  sender?: string;
}

/** What a route of Mailgun posts: a form, with files a multipart one. */
export async function mailgunForm(mail: TestMail, signature = mailgunSignature()): Promise<{ body: Buffer; type: string }> {
  const from = mail.from ?? 'Ada Lovelace <ada@example.org>';
  const headers: [string, string][] = [
    ['From', from],
    ['Subject', mail.subject ?? 'Viewing'],
    ['Message-Id', '<m1@example.org>'],
    ...(mail.headers ?? []),
  ];
  const fields = {
    ...signature,
    recipient: mail.to ?? 'desk@example.com',
    sender: mail.sender ?? 'ada@example.org',
    from,
    subject: mail.subject ?? 'Viewing',
    'body-plain': mail.text ?? '',
    ...(mail.html !== undefined && { 'body-html': mail.html }),
    ...(mail.stripped !== undefined && { 'stripped-text': mail.stripped }),
    'message-headers': JSON.stringify(headers),
  };
  if (!mail.files) return { body: Buffer.from(new URLSearchParams(fields).toString()), type: 'application/x-www-form-urlencoded' };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  mail.files.forEach(
    (file, index) => void form.set(`attachment-${index + 1}`, new File([new Uint8Array(file.bytes)], file.name, { type: file.type })),
  );
  const request = new Response(form);
  return { body: Buffer.from(await request.arrayBuffer()), type: request.headers.get('content-type')! };
}

/** What Postmark posts. */
export function postmarkJson(mail: TestMail): Record<string, unknown> {
  const match = /^(.*?)\s*<(.*)>$/.exec(mail.from ?? 'Ada Lovelace <ada@example.org>');
  return {
    FromName: match?.[1],
    From: match?.[2],
    FromFull: { Email: match?.[2], Name: match?.[1], MailboxHash: '' },
    OriginalRecipient: mail.to ?? 'desk@example.com',
    Subject: mail.subject ?? 'Viewing',
    MessageID: '73e6d360-66eb-11e1-8e72-a8904824019b',
    ReplyTo: '',
    Date: 'Fri, 15 May 2026 16:32:00 +0200',
    TextBody: mail.text ?? '',
    HtmlBody: mail.html ?? '',
    StrippedTextReply: mail.stripped ?? '',
    Headers: [['Message-ID', '<m1@example.org>'], ...(mail.headers ?? [])].map(([Name, Value]) => ({ Name, Value })),
    Attachments: (mail.files ?? []).map((file) => ({
      Name: file.name,
      ContentType: file.type,
      Content: file.bytes.toString('base64'),
      ContentLength: file.bytes.length,
    })),
  };
}

export const withSecret = (url = 'https://in.example.com/providers/email/chn_01hzzzzzzzzzzzzzzzzzzzzzzz') =>
  `${url}?secret=${encodeURIComponent(mailSecret)}`;

/** As ingest does it. */
export async function receive(request: RawRequest, at: Account): Promise<Parsed> {
  await email.prepare?.(request, at, receivedAt);
  const verdict = email.verify(request, at, receivedAt);
  if (verdict !== true) throw new Error(verdict);
  return email.parse(request, at, receivedAt);
}

export async function fromMailgun(mail: TestMail): Promise<Parsed> {
  const { body, type } = await mailgunForm(mail);
  return receive(post(body, { 'content-type': type }), mailAccount('mailgun'));
}

export function fromPostmark(mail: TestMail): Promise<Parsed> {
  return receive(post(JSON.stringify(postmarkJson(mail)), {}, withSecret()), mailAccount('postmark'));
}
