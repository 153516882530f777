import { eventually } from '@baton/testkit/eventually.ts';
import { startFakeAi } from '@baton/testkit/fake-ai.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { type FileHost, startFileHost } from '../support/file-host.ts';
import { sharedProduct } from '../support/product.ts';
import { deliver, signedByTwilio } from '../support/webhooks.ts';
import { type Account, freshNumber, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';
const twilio = { account_sid: `AC${'a'.repeat(32)}`, auth_token: '0123456789abcdef0123456789abcdef' };
const basic = `Basic ${Buffer.from(`${twilio.account_sid}:${twilio.auth_token}`).toString('base64')}`;
const picture = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

/** Twilio's API, which wants the account's credentials and sends on to a store that must not get them. */
let api: FileHost;
let store: FileHost;
let workspace: Workspace;
let twilioSms: Account;
let simulated: Account;

beforeAll(async () => {
  store = await startFileHost((request, response) => {
    if (request.url === '/page.html') response.writeHead(200, { 'content-type': 'text/html' }).end('<script>alert(1)</script>');
    else if (request.url === '/endless')
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '2000000000' }).write('x');
    else if (request.url === '/cut') {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '1000' });
      response.write('half', () => response.destroy());
    } else if (request.url === '/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    else response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': picture.length }).end(picture);
  });
  api = await startFileHost((request, response) => {
    if (request.headers.authorization !== basic) response.writeHead(401).end();
    else response.writeHead(307, { location: `${store.url}/stored?signed=1` }).end();
  });
  workspace = await makeWorkspace(product);
  const credentials = { ...twilio, api_base: api.url };
  twilioSms = await workspace.addChannel({ provider: 'twilio', channel: 'sms', address: '+12025550181', credentials });
  simulated = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550182' });
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await store?.[Symbol.asyncDispose]();
});

/** The customer's newest message. */
async function received(address: string): Promise<Json> {
  const conversation = await eventually(() => workspace.conversationOf(address));
  const { messages } = await workspace.must('GET', `/v1/conversations/${conversation.conversation_id}/messages?author=contact`);
  return messages[0];
}

/** A customer of the simulator sends a file that is there. */
async function customerSends(url: string, more: object = {}): Promise<Json> {
  const address = freshNumber();
  const message = {
    type: 'message',
    id: crypto.randomUUID(),
    from: address,
    to: simulated.address,
    text: '',
    attachments: [{ url, ...more }],
  };
  const answer = await fetch(`${product.ingestUrls[0]}/providers/simulator/${simulated.channel_account_id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });
  expect(answer.status).toBe(202);
  return received(address);
}

const bytes = (path: string, key = workspace.key) => fetch(`${base}${path}`, { headers: { authorization: `Bearer ${key}` } });

test('a picture that came by Twilio is read with the account’s credentials, which the store behind Twilio never sees', async () => {
  const from = freshNumber();
  const media = `${api.url}/2010-04-01/Accounts/${twilio.account_sid}/Messages/MM1/Media/ME1`;
  const form = { MessageSid: `MM${crypto.randomUUID().replaceAll('-', '')}`, From: from, To: twilioSms.address, Body: '', NumMedia: '1' };
  const signed = signedByTwilio(twilio.auth_token, twilioSms.webhook_url, { ...form, MediaUrl0: media, MediaContentType0: 'image/jpeg' });
  expect((await deliver(signed)).status).toBe(200);
  const { message_id, attachments } = await received(from);
  expect(attachments).toMatchObject([{ url: media, content_type: 'image/jpeg' }]);

  const answer = await bytes(`/v1/messages/${message_id}/attachments/0`);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': String(picture.length),
    'content-disposition': 'inline; filename=attachment-1.jpg',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
    'cache-control': expect.stringContaining('private'),
  });
  expect(Buffer.from(await answer.arrayBuffer()).equals(picture)).toBe(true);
  expect(api.requests.at(-1)).toMatchObject({ authorization: basic });
  expect(store.requests.at(-1)).toEqual({ path: '/stored?signed=1', authorization: undefined });
});

test('a file is shown to its workspace alone; by a link to whoever has it, for a while', async () => {
  const { message_id } = await customerSends(`${store.url}/a.jpg`, { name: 'photo of me.jpg' });
  const path = `/v1/messages/${message_id}/attachments/0`;
  expect((await bytes(path, (await makeWorkspace(product)).key)).status).toBe(404);
  expect((await fetch(`${base}${path}`)).status).toBe(401);
  expect((await bytes(`/v1/messages/${message_id}/attachments/1`)).status).toBe(404);

  const { url, expires_at } = await workspace.must('POST', `${path}/link`, { expires_in_seconds: 60 });
  expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
  const open = await fetch(url);
  expect(open.headers.get('content-disposition')).toBe('inline; filename="photo of me.jpg"');
  expect(open.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect((await open.arrayBuffer()).byteLength).toBe(picture.length);
  expect((await fetch(url.replace('.0.acc_', '.1.acc_'))).status).toBe(404);
  const spent = (await workspace.must('POST', `${path}/link`, { expires_in_seconds: 1 })).url;
  await eventually(
    async () => (await fetch(spent)).status,
    (status) => status === 404,
  );
});

test('what a browser could run is only saved', async () => {
  const { message_id } = await customerSends(`${store.url}/page.html`, { name: 'page.html', content_type: 'image/png' });
  const answer = await bytes(`/v1/messages/${message_id}/attachments/0`);
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename=page.html');
  await answer.body?.cancel();
});

test.each([
  ['leads inside', 'http://169.254.169.254/latest/meta-data/'],
  ['sends on to the inside', '/metadata'],
  ['is larger than files may be', '/endless'],
])('a file whose place %s is not read', async (_what, url) => {
  const { message_id } = await customerSends(url.startsWith('/') ? `${store.url}${url}` : url);
  const answer = await bytes(`/v1/messages/${message_id}/attachments/0`);
  expect([answer.status, await answer.json()]).toMatchObject([502, { code: 'attachment_unavailable' }]);
});

test('a file that breaks off in the middle is cut off, not taken for complete', async () => {
  const { message_id } = await customerSends(`${store.url}/cut`);
  const answer = await bytes(`/v1/messages/${message_id}/attachments/0`);
  expect(answer.status).toBe(200);
  await expect(answer.arrayBuffer()).rejects.toThrow();
});

test('credentials are not added to an address that a client of the API gave', async () => {
  const to_number = freshNumber();
  const sent = await workspace.must('POST', '/v1/messages', {
    agent_id: workspace.agentId,
    channel: 'sms',
    from_number: twilioSms.address,
    to_number,
    media_url: `${api.url}/2010-04-01/Accounts/${twilio.account_sid}/Recordings.json`,
  });
  expect((await bytes(`/v1/messages/${sent.message_id}/attachments/0`)).status).toBe(502);
  expect(api.requests.filter(({ path }) => path.endsWith('/Recordings.json')).map(({ authorization }) => authorization)).toEqual([
    undefined,
  ]);
});

test('an AI backend is given an address at which it gets what the customer sent', async () => {
  const secret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;
  await using ai = await startFakeAi({ secret });
  await workspace.must('PATCH', `/v1/agents/${workspace.agentId}`, { backend: { kind: 'webhook', url: ai.url, secret } });
  await customerSends(`${store.url}/question.jpg`, { name: 'question.jpg', content_type: 'image/jpeg' });
  const { turn } = await ai.call(1);
  const [file] = (turn.messages.at(-1) as Json).attachments;
  expect(file).toMatchObject({
    name: 'question.jpg',
    content_type: 'image/jpeg',
    url: expect.stringContaining(`${base}/attachments/msg_`),
  });
  expect((await (await fetch(file.url)).arrayBuffer()).byteLength).toBe(picture.length);
});
