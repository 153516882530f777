import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running } from './harness.ts';

let harness: Harness;
let ingest: Running;
let id: string;

const key = 'mailgun-signing-key';

beforeAll(async () => {
  harness = await Harness.create();
  await harness.makeDirectory();
  ingest = await harness.start({ BATON_INGEST_FILES_MB: '16' });
  id = await harness.account({
    provider: 'email',
    channel: 'email',
    address: 'desk@example.com',
    credentials: { inbound: { kind: 'mailgun', signing_key: key } },
  });
});
afterAll(() => harness[Symbol.asyncDispose]());

async function form(messageId: string, files: Buffer[], signWith = key) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const token = 't'.repeat(50);
  const data = new FormData();
  const fields = {
    timestamp,
    token,
    signature: createHmac('sha256', signWith)
      .update(timestamp + token)
      .digest('hex'),
    recipient: 'desk@example.com',
    sender: 'ada@example.org',
    from: 'Ada <ada@example.org>',
    subject: 'The plan',
    'body-plain': 'See the file.',
    'message-headers': JSON.stringify([['Message-Id', `<${messageId}>`]]),
  };
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  files.forEach(
    (bytes, index) =>
      void data.set(`attachment-${index + 1}`, new File([new Uint8Array(bytes)], `plan-${index}.pdf`, { type: 'application/pdf' })),
  );
  const encoded = new Response(data);
  return { body: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': encoded.headers.get('content-type')! } };
}

async function send(messageId: string, files: Buffer[], signWith = key) {
  const { body, headers } = await form(messageId, files, signWith);
  return ingest.post(`/providers/email/${id}`, body, headers);
}

const bodyOf = async (messageId: string) => (await harness.stored(id)).find((one) => one.body['provider_message_id'] === messageId)!.body;
const attachmentsOf = (body: Record<string, unknown>) => body['attachments'] as { url: string; size: number; content_type: string }[];

test('a mail of megabytes is stored with a reference, and its file is there for who knows the address', async () => {
  const file = randomBytes(3_000_000);
  expect((await send('m1@example.org', [file])).status).toBe(200);
  const [attachment, ...more] = attachmentsOf(await bodyOf('m1@example.org'));
  expect(more).toEqual([]);
  expect(attachment).toMatchObject({ size: 3_000_000, content_type: 'application/pdf' });
  const path = new URL(attachment!.url).pathname;
  const answer = await fetch(`http://127.0.0.1:${ingest.port}${path}`);
  expect(Buffer.from(await answer.arrayBuffer()).equals(file)).toBe(true);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
    'content-length': '3000000',
  });
  expect((await ingest.get(`${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);
  expect((await ingest.get(`/files/${id}/..%2f..%2fx`)).status).toBe(404);
});

test('a repeat of a mail is the same message with the same file', async () => {
  const file = randomBytes(10_000);
  await send('m2@example.org', [file]);
  const before = await harness.count(id);
  expect((await send('m2@example.org', [file])).status).toBe(200);
  expect(await harness.count(id)).toBe(before);
});

test('a form that is not signed by the account leaves nothing, not even its files', async () => {
  const before = await harness.count(id);
  expect((await send('m3@example.org', [randomBytes(10)], 'another')).status).toBe(401);
  expect(await harness.count(id)).toBe(before);
});

/** Announces a body and sends none of it: who sends all of it may be cut off before the answer is read. */
async function announce(path: string, bytes: number): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', 'content-length': bytes };
  const asked = request({ port: ingest.port, host: '127.0.0.1', method: 'POST', path, headers });
  asked.on('error', () => undefined);
  asked.flushHeaders();
  const [answer] = await once(asked, 'response');
  asked.destroy();
  return answer.statusCode;
}

test('a mail beyond 36 MiB, or for others beyond one, is refused', async () => {
  expect(await announce(`/providers/email/${id}`, 36 * 1_048_576 + 1)).toBe(413);
  expect(await announce(`/providers/http/${await harness.account({})}`, 1_048_577)).toBe(413);
});

test('once the store is full mails go on without their files, and say so', async () => {
  expect((await send('m4@example.org', [randomBytes(9_000_000)])).status).toBe(200);
  expect((await send('m5@example.org', [randomBytes(9_000_000)])).status).toBe(200);
  const body = await bodyOf('m5@example.org');
  expect(body).toMatchObject({ text: 'The plan\n\nSee the file.', attachments: [], metadata: { attachments_dropped: 1 } });
});
