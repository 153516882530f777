import type { OutboundMail, SmtpSettings } from '@baton/channels/provider.ts';
import { type Egress, openEgress } from '@baton/egress/egress.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeMailServer, startFakeMailServer } from '@baton/testkit/fake-mail-server.ts';
import { startHttpStub } from '@baton/testkit/http-stub.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Mailer, openMailer } from '../src/sends/mail/mailer.ts';
import { sendMail } from '../src/sends/mail/send-mail.ts';

let server: FakeMailServer;
let egress: Egress;
let mailer: Mailer;

beforeAll(async () => {
  server = await startFakeMailServer({ user: 'desk', password: 'p' });
  egress = openEgress({ allow: ['127.0.0.0/8'], connectionsPerOrigin: 4 });
  mailer = openMailer(egress);
});
beforeEach(() => {
  server.respond('accept');
  server.mails.length = 0;
});
afterAll(async () => {
  await mailer[Symbol.asyncDispose]();
  await egress[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function settings(over: Partial<SmtpSettings> = {}): SmtpSettings {
  return {
    host: '127.0.0.1',
    port: server.port,
    user: 'desk',
    password: 'p',
    tls: 'optional',
    from: 'desk@example.com',
    fromName: 'Flat Desk',
    ...over,
  };
}

const mail: OutboundMail = {
  messageId: 'msg_1@example.com',
  from: { address: 'desk@example.com', name: 'Flat Desk' },
  replyTo: undefined,
  to: 'ada@example.org',
  subject: 'Re: Besichtigung für März',
  references: ['a@b', 'm1@example.org'],
  text: 'Yes.\n.\nIt is free.',
  html: '<div>Yes.</div>',
  headers: { 'Auto-Submitted': 'auto-replied' },
  attachments: [],
};

const send = (over: { mail?: Partial<OutboundMail>; smtp?: Partial<SmtpSettings>; timeoutMs?: number; account?: string } = {}) =>
  sendMail({ egress, mailer, sendTimeoutMs: over.timeoutMs ?? 10_000 }, over.account ?? 'chn_1', {
    mail: { ...mail, ...over.mail },
    smtp: settings(over.smtp),
  });

test('a mail reaches its server whole, in its thread, under an id that is the same at every attempt', async () => {
  expect(await send()).toEqual({ kind: 'sent', providerMessageId: 'msg_1@example.com' });
  const [taken] = server.mails;
  expect(taken).toMatchObject({ from: 'desk@example.com', to: ['ada@example.org'], user: 'desk' });
  for (const header of [
    'Message-ID: <msg_1@example.com>',
    'From: Flat Desk <desk@example.com>',
    'In-Reply-To: <m1@example.org>',
    'References: <a@b> <m1@example.org>',
    'Auto-Submitted: auto-replied',
    'Subject: =?UTF-8?Q?Re=3A_Besichtigung_f=C3=BCr_M=C3=A4rz?=',
  ])
    expect(taken!.raw).toContain(header);
  expect(taken!.raw).toContain('multipart/alternative');
  expect(taken!.raw).not.toContain('smtp.from');
});

test('connections are kept for the next mails, three at most, and closed when the account changes', async () => {
  await using own = await startFakeMailServer();
  const account = { account: 'chn_pool', smtp: { port: own.port, user: undefined, password: undefined } };
  const answers = await Promise.all(Array.from({ length: 12 }, () => send(account)));
  expect(answers.every((one) => one.kind === 'sent')).toBe(true);
  expect(own.connections.made).toBeLessThanOrEqual(3);
  await send({ ...account, smtp: { ...account.smtp, fromName: 'Renamed' } });
  await eventually(() => own.connections.open === 1);
});

test.each([
  ['a recipient that does not exist', { at: 'rcpt', code: 550, text: '5.1.1 No such user' }, { kind: 'failed', code: 'recipient_invalid' }],
  ['a mail taken for spam', { at: 'data', code: 554, text: '5.7.1 Spam' }, { kind: 'failed', code: 'message_filtered' }],
  ['a server that wants it later', { at: 'rcpt', code: 451, text: '4.7.1 Greylisted' }, { kind: 'retry', reason: 'smtp_451' }],
  ['a server that wants it later, after the bytes', { at: 'data', code: 452, text: '4.3.1 Full' }, { kind: 'retry', reason: 'smtp_452' }],
] as const)('what the server says decides: %s', async (_, answer, meaning) => {
  server.respond(answer);
  expect(await send()).toMatchObject(meaning);
  server.respond('accept');
  expect(await send()).toMatchObject({ kind: 'sent' });
});

test('a connection lost after the bytes leaves the mail unknown, and it is not sent again', async () => {
  server.respond('drop');
  expect(await send()).toMatchObject({ kind: 'unknown' });
  server.respond('accept');
  expect(await send({ mail: { messageId: 'msg_2@example.com' } })).toMatchObject({ kind: 'sent' });
  expect(server.mails.map((one) => /Message-ID: <(.*)>/.exec(one.raw)?.[1])).toEqual(['msg_1@example.com', 'msg_2@example.com']);
});

test('a server that says nothing after the bytes leaves it unknown once the time is up', async () => {
  server.respond('hang');
  expect(await send({ timeoutMs: 700 })).toMatchObject({ kind: 'unknown' });
});

test('a server that is not there, or does not answer at all, has nothing: the mail may be tried again', async () => {
  await using gone = await startFakeMailServer();
  await gone[Symbol.asyncDispose]();
  expect(await send({ account: 'chn_gone', smtp: { port: gone.port } })).toMatchObject({ kind: 'retry' });
});

test('a wrong password, a server without TLS and an address that may not be reached are faults of the account', async () => {
  expect(await send({ account: 'chn_p', smtp: { password: 'x' } })).toMatchObject({ kind: 'failed', code: 'channel_unauthorized' });
  expect(await send({ account: 'chn_t', smtp: { tls: 'required' } })).toMatchObject({ kind: 'failed', code: 'channel_misconfigured' });
  for (const host of ['10.1.2.3', '169.254.169.254', '[::1]', '::1'])
    expect(await send({ account: `chn_${host}`, smtp: { host } }), host).toMatchObject({ kind: 'failed', code: 'egress_refused' });
  expect(server.mails).toEqual([]);
});

test('a server whose certificate nobody vouches for gets no password', async () => {
  await using tls = await startFakeMailServer({ user: 'desk', password: 'p', tls: true });
  expect(await send({ account: 'chn_s', smtp: { port: tls.port, tls: 'required' } })).toMatchObject({
    kind: 'failed',
    code: 'channel_misconfigured',
  });
  expect(tls.mails).toEqual([]);
});

test('files are fetched under the guard and go along; one that cannot be had keeps the mail back', async () => {
  const answers: Record<string, { status: number; text: string }> = {
    '/plan.txt': { status: 200, text: 'The plan' },
    '/busy': { status: 503, text: '' },
  };
  await using files = await startHttpStub(async (request) => answers[request.path] ?? { status: 404, text: '' });
  const file = (url: string) => ({ mail: { attachments: [{ url, contentType: 'text/plain', name: '' }] } });
  expect(await send(file(`${files.url}/plan.txt`))).toMatchObject({ kind: 'sent' });
  expect(server.mails[0]!.raw).toMatch(/filename=plan\.txt/);
  expect(await send(file(`${files.url}/none`))).toMatchObject({ kind: 'failed', code: 'attachment_refused' });
  expect(await send(file('http://169.254.169.254/x'))).toMatchObject({ kind: 'failed', code: 'attachment_refused' });
  expect(await send(file(`${files.url}/busy`))).toMatchObject({ kind: 'retry' });
  expect(server.mails).toHaveLength(1);
});
