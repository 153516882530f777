import { createHmac } from 'node:crypto';
import { eventually } from '@baton/testkit/eventually.ts';
import { type AcceptedMail, type FakeMailServer, startFakeMailServer } from '@baton/testkit/fake-mail-server.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const key = 'key-of-mailgun';
const ours = 'desk@example.com';

let server: FakeMailServer;
let workspace: Workspace;
let account: Account;

beforeAll(async () => {
  server = await startFakeMailServer({ user: 'desk', password: 'p' });
  workspace = await makeWorkspace(product);
  account = await workspace.addChannel({
    provider: 'email',
    channel: 'email',
    address: ours,
    credentials: {
      inbound: { kind: 'mailgun', signing_key: key },
      smtp: { host: '127.0.0.1', port: server.port, user: 'desk', password: 'p', from: `Flat Desk <${ours}>`, tls: 'optional' },
    },
  });
});
beforeEach(() => {
  server.mails.length = 0;
  server.respond('accept');
});
afterAll(() => server?.[Symbol.asyncDispose]());

let mails = 0;

function signature() {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const token = crypto.randomUUID();
  return {
    timestamp,
    token,
    signature: createHmac('sha256', key)
      .update(timestamp + token)
      .digest('hex'),
  };
}

/** A mail as a route of Mailgun posts it; answers with its Message-ID. */
async function writes(from: string, mail: { subject: string; text: string; headers?: [string, string][]; file?: Buffer }): Promise<string> {
  const id = `${++mails}.${crypto.randomUUID()}@example.org`;
  const form = new FormData();
  const headers = [['Message-Id', `<${id}>`], ['Subject', mail.subject], ['From', `Ada <${from}>`], ...(mail.headers ?? [])];
  const fields = { ...signature(), recipient: ours, sender: from, from, subject: mail.subject, 'body-plain': mail.text };
  for (const [name, value] of Object.entries({ ...fields, 'message-headers': JSON.stringify(headers) })) form.set(name, value);
  if (mail.file) form.set('attachment-1', new File([new Uint8Array(mail.file)], 'plan.txt', { type: 'text/plain' }));
  const answer = await fetch(account.webhook_url, { method: 'POST', body: form });
  expect(answer.status).toBe(200);
  return id;
}

async function mailgunSays(event: Json): Promise<void> {
  const answer = await fetch(account.webhook_url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ signature: signature(), 'event-data': event }),
  });
  expect(answer.status).toBe(200);
}

async function arrived(count = 1): Promise<AcceptedMail> {
  return (await server.waitForMails(count, 20_000)).at(-1)!;
}

const header = (mail: AcceptedMail, name: string) =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'm').exec(mail.raw)?.[1]?.replaceAll(/\r\n[ \t]/g, ' ');

async function messages(from: string): Promise<Json[]> {
  const { conversation_id } = await workspace.conversationOf(from);
  return (await workspace.must('GET', `/v1/conversations/${conversation_id}/messages?order=asc`)).messages;
}

test('a mail is answered by mail, in its thread; the answer to that goes on in the same conversation, without what it quotes', async () => {
  const from = 'thread@example.org';
  const first = await writes(from, { subject: 'Flat 12', text: 'Is it free?' });
  const answer = await arrived();
  expect(answer).toMatchObject({ from: ours, to: [from], user: 'desk' });
  expect(header(answer, 'Subject')).toBe('Re: Flat 12');
  expect(header(answer, 'In-Reply-To')).toBe(`<${first}>`);
  expect(header(answer, 'Auto-Submitted')).toBe('auto-replied');
  expect(answer.raw).toContain('Echo: Flat 12');
  const answered = header(answer, 'Message-ID')!;

  const quoted = `Then I take it.\r\n\r\nOn Tue, May 12, 2026 at 3:04 PM Flat Desk <${ours}> wrote:\r\n> Echo: Is it free?\r\n`;
  await writes(from, {
    subject: 'Re: Flat 12',
    text: quoted,
    headers: [
      ['In-Reply-To', answered],
      ['References', `<${first}> ${answered}`],
    ],
  });
  const second = await arrived(2);
  expect(second.raw).toContain('Echo: Then I take it.');
  expect(header(second, 'References')).toContain(answered);
  const thread = await messages(from);
  expect(thread.map((one) => [one.author, one.text])).toEqual([
    ['contact', 'Flat 12\n\nIs it free?'],
    ['ai', 'Echo: Flat 12\n\nIs it free?'],
    ['contact', 'Then I take it.'],
    ['ai', 'Echo: Then I take it.'],
  ]);
  expect(await workspace.conversationOf(from)).toMatchObject({ channel: 'email', subject: 'Flat 12' });
});

test('what became of it is told by the sending service', async () => {
  const from = 'receipts@example.org';
  await writes(from, { subject: 'Hello', text: 'There?' });
  const id = header(await arrived(), 'Message-ID')!.slice(1, -1);
  await eventually(async () => (await messages(from))[1]?.status === 'sent');
  await mailgunSays({ event: 'delivered', timestamp: Date.now() / 1000, message: { headers: { 'message-id': id } } });
  await eventually(
    async () => (await messages(from))[1]?.status === 'delivered',
    (there) => there,
    { what: 'the receipt' },
  );
  await mailgunSays({ event: 'complained', id: crypto.randomUUID(), recipient: from, message: { headers: { 'message-id': id } } });
  await eventually(
    async () => (await workspace.conversationOf(from)).opt_out === true,
    (there) => there,
    { what: 'the opt-out' },
  );
});

test('an absence note is not answered', async () => {
  const from = 'away@example.org';
  await writes(from, { subject: 'Out of office', text: 'Back on Monday.', headers: [['Auto-Submitted', 'auto-replied']] });
  // Whatever it had caused would stand before this one.
  await writes('after@example.org', { subject: 'Hi', text: 'Hi' });
  await arrived();
  expect(server.mails.map((one) => one.to)).toEqual([['after@example.org']]);
  expect(await workspace.conversationOf(from)).toBeUndefined();
});

test('a file that came along can be had, and goes out with an answer of ours', async () => {
  const from = 'files@example.org';
  await writes(from, { subject: 'The plan', text: 'See.', file: Buffer.from('North is up.') });
  await arrived();
  const [inbound] = await messages(from);
  const [file] = inbound!.attachments;
  expect(file).toMatchObject({ name: 'plan.txt', content_type: 'text/plain', size: 12 });
  expect(await (await fetch(file.url)).text()).toBe('North is up.');
  const { conversation_id } = await workspace.conversationOf(from);
  await workspace.must('POST', `/v1/conversations/${conversation_id}/messages`, { body: 'Yours again', attachments: [file] });
  const sent = await arrived(2);
  expect(sent.raw).toContain(Buffer.from('North is up.').toString('base64'));
  expect(header(sent, 'Auto-Submitted')).toBeUndefined();
});

test('a server that wants it later is asked again later, one that refuses it is believed, one that goes silent with it leaves it unknown', async () => {
  const answerTo = async (from: string, status: string) => {
    await writes(from, { subject: 'x', text: 'x' });
    const find = async () => (await messages(from))[1];
    return eventually(find, (one) => one?.status === status, { what: `${from}: ${status}` });
  };
  server.respond({ at: 'rcpt', code: 550, text: '5.1.1 No such user' });
  expect((await answerTo('nobody@example.org', 'failed')).error).toMatchObject({ code: 'recipient_invalid' });
  server.respond('drop');
  await answerTo('unknown@example.org', 'unknown');
  server.respond({ at: 'rcpt', code: 451, text: '4.7.1 Greylisted' });
  const later = await answerTo('later@example.org', 'queued');
  await eventually(
    () => workspace.must('GET', `/v1/messages/${later.message_id}`),
    (one) => one.status === 'queued' && one.status_history.some((step: Json) => step.detail === 'smtp_451'),
    { what: 'the refusal for now' },
  );
  expect(server.mails.map((one) => one.to[0])).toEqual(['unknown@example.org']);
});
