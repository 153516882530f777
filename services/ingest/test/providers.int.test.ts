import { newId } from '@baton/contracts/ids.ts';
import { partitionOf } from '@baton/contracts/subjects.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running } from './harness.ts';
import { httpHeaders, httpSecret, inbound, metaCredentials, metaHeaders, twilioCredentials, twilioForm } from './signed.ts';

let harness: Harness;
let ingest: Running;

beforeAll(async () => {
  harness = await Harness.create();
  await harness.makeDirectory();
  ingest = await harness.start();
});
afterAll(() => harness[Symbol.asyncDispose]());

const sms = { MessageSid: 'SM1', AccountSid: 'AC1', From: '+14155550123', To: '+15550100', Body: 'Hello', NumMedia: '0' };

test("a form signed by Twilio's own package is stored before Twilio hears an empty TwiML", async () => {
  const id = await harness.account({ provider: 'twilio', credentials: twilioCredentials });
  const target = `/providers/twilio/${id}`;
  const { body, headers } = twilioForm(`https://in.example.com${target}`, sms);
  const answer = await ingest.post(target, body, headers);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/xml/);
  expect(answer.text).toContain('<Response/>');
  const [stored, ...more] = await harness.stored(id);
  expect(more).toEqual([]);
  const partition = String(partitionOf('agt_01hzzzzzzzzzzzzzzzzzzzzzzz', '+14155550123')).padStart(2, '0');
  expect(stored).toMatchObject({
    subject: `inbound.message.p${partition}.acc_01hzzzzzzzzzzzzzzzzzzzzzzz.${id}`,
    id: `m:twilio:${id}:SM1`,
    body: { provider: 'twilio', from: '+14155550123', to: '+15550100', text: 'Hello', author: 'contact', provider_message_id: 'SM1' },
  });
});

test("Twilio's status callback carries our message id in its signed URL and becomes a receipt", async () => {
  const id = await harness.account({ provider: 'twilio', credentials: twilioCredentials });
  const messageId = newId('message');
  const target = `/providers/twilio/${id}?message_id=${messageId}`;
  const { body, headers } = twilioForm(`https://in.example.com${target}`, { MessageSid: 'SM1', MessageStatus: 'delivered' });
  expect((await ingest.post(target, body, headers)).status).toBe(200);
  expect(await harness.stored(id)).toMatchObject([{ id: `r:${id}:SM1:delivered`, body: { status: 'delivered', message_id: messageId } }]);
});

test('a GET webhook of Twilio is signed by its URL', async () => {
  const id = await harness.account({ provider: 'twilio', credentials: twilioCredentials });
  const target = `/providers/twilio/${id}?${new URLSearchParams(sms)}`;
  const { headers } = twilioForm(`https://in.example.com${target}`, {});
  expect((await ingest.get(target, { 'x-twilio-signature': headers['x-twilio-signature']! })).status).toBe(200);
  expect(await harness.count(id)).toBe(1);
});

test('one byte changed in a signed Twilio form gives 401 and leaves no trace', async () => {
  const id = await harness.account({ provider: 'twilio', credentials: twilioCredentials });
  const target = `/providers/twilio/${id}`;
  const { body, headers } = twilioForm(`https://in.example.com${target}`, sms);
  const answer = await ingest.post(target, body.replace('Hello', 'Hellp'), headers);
  expect(answer.status).toBe(401);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toMatchObject({ code: 'invalid_signature', status: 401 });
  expect(await harness.count(id)).toBe(0);
});

test('the headers of a proxy are believed only where the installation says so', async () => {
  const id = await harness.account({ provider: 'twilio', credentials: twilioCredentials });
  const target = `/providers/twilio/${id}`;
  const { body, headers } = twilioForm(`https://public.example.org${target}`, sms);
  const proxied = { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example.org, inner.local' };
  expect((await ingest.post(target, body, proxied)).status).toBe(401);
  await using trusting = await harness.start({ BATON_TRUST_PROXY: '1' });
  expect((await trusting.post(target, body, proxied)).status).toBe(200);
});

test('a WhatsApp webhook with several entries, messages and statuses mixed is stored whole, in order', async () => {
  const id = await harness.account({ provider: 'meta', channel: 'whatsapp', address: '+15550101', credentials: metaCredentials });
  const metadata = { display_phone_number: '15550101', phone_number_id: metaCredentials.phone_number_id };
  const message = (wamid: string) => ({ from: '16505551234', id: wamid, timestamp: '1749416383', type: 'text', text: { body: wamid } });
  const status = (word: string) => ({ id: 'wamid.out', status: word, timestamp: '1749416390', recipient_id: '16505551234' });
  const change = (value: object) => ({ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } });
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: 'waba',
        changes: [change({ messages: [message('wamid.1'), message('wamid.2')] }), change({ statuses: [status('delivered')] })],
      },
      { id: 'waba', changes: [change({ messages: [message('wamid.3')], statuses: [status('read')] })] },
    ],
  });
  const target = `/providers/meta/${id}`;
  expect((await ingest.post(target, body, metaHeaders(body))).status).toBe(200);
  const stored = await harness.stored(id);
  expect(stored.filter((one) => one.subject.includes('.message.')).map((one) => one.body['text'])).toEqual([
    'wamid.1',
    'wamid.2',
    'wamid.3',
  ]);
  expect(stored.filter((one) => one.subject.includes('.receipt.')).map((one) => one.body['status'])).toEqual(['delivered', 'read']);

  const changed = await ingest.post(target, body.replace('wamid.1', 'wamid.9'), metaHeaders(body));
  expect(changed.status).toBe(401);
  expect(await harness.count(id)).toBe(5);
});

test("Meta's question at set-up is answered with its challenge, and only with the right token", async () => {
  const id = await harness.account({ provider: 'meta', channel: 'whatsapp', credentials: metaCredentials });
  const ask = (token: string) => ingest.get(`/providers/meta/${id}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`);
  const right = await ask('verify-me');
  expect([right.status, right.text]).toEqual([200, '1158201444']);
  expect((await ask('wrong')).status).toBe(401);
});

test('a signed http message is accepted with its number, a changed or stale one is not', async () => {
  const id = await harness.account({ credentials: { secret: httpSecret } });
  const body = JSON.stringify(inbound());
  const target = `/providers/http/${id}`;
  const answer = await ingest.post(target, body, httpHeaders(body));
  expect([answer.status, answer.json()]).toEqual([202, { accepted: 1 }]);
  expect((await ingest.post(target, body.replace('Hello', 'Hellp'), httpHeaders(body))).status).toBe(401);
  expect((await ingest.post(target, body, httpHeaders(body, new Date(Date.now() - 400_000)))).status).toBe(401);
  expect((await ingest.post(target, body)).status).toBe(401);
  expect(await harness.count(id)).toBe(1);
});

test('an account without a secret refuses everything', async () => {
  const id = await harness.account({});
  const body = JSON.stringify(inbound());
  expect((await ingest.post(`/providers/http/${id}`, body, httpHeaders(body))).status).toBe(401);
  expect(await harness.count(id)).toBe(0);
});
