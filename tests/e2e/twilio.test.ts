import { createHmac } from 'node:crypto';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeProvider, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { type InboundTap, tapInbound } from '../support/inbound-tap.ts';
import { sharedProduct } from '../support/product.ts';
import { deliver, type Signed, signedByTwilio, signedByTwilioAsJson, tampered } from '../support/webhooks.ts';
import { type Account, freshNumber, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const credentials = { account_sid: `AC${'0123456789abcdef'.repeat(2)}`, auth_token: 'fedcba9876543210fedcba9876543210' };

let database: Database;
let provider: FakeProvider;
let workspace: Workspace;
let sms: Account;
let whatsapp: Account;
let tap: InboundTap;

beforeAll(async () => {
  database = openDatabase(product);
  provider = await startFakeProvider({ twilio: credentials });
  workspace = await makeWorkspace(product);
  const account = { provider: 'twilio', credentials: { ...credentials, api_base: provider.url } };
  sms = await workspace.addChannel({ ...account, channel: 'sms', address: '+12025550131' });
  whatsapp = await workspace.addChannel({ ...account, channel: 'whatsapp', address: '+12025550132' });
  tap = await tapInbound(product, workspace);
});

afterAll(async () => {
  await tap?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test('an SMS signed by Twilio’s own package is answered through Twilio’s API, and its callbacks move the status', async () => {
  const from = freshNumber();
  const body = 'Open on Sunday? Größe & Preis = ¿?';
  const answer = await deliver(signedByTwilio(credentials.auth_token, sms.webhook_url, smsForm(from, body)));
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('<Response/>') });

  const sent = await sendTo(from);
  expect(sent).toMatchObject({ kind: 'twilio', from: sms.address, text: `Echo: ${body}`, refusal: undefined });
  const callback = new URLSearchParams(sent.request.raw).get('StatusCallback') ?? '';
  for (const status of ['sent', 'delivered', 'read']) {
    const form = {
      ...ids(sent.providerMessageId),
      MessageStatus: status,
      SmsStatus: status,
      To: from,
      From: sms.address,
      ApiVersion: '2010-04-01',
    };
    expect((await deliver(signedByTwilio(credentials.auth_token, callback, form))).status).toBe(200);
  }
  const message = await eventually(
    () => outbound(from),
    (row) => row?.status === 'read',
    { what: 'the receipts' },
  );
  expect(message).toMatchObject({ provider_message_id: sent.providerMessageId, direction: 'outbound', author: 'ai' });
});

test('a WhatsApp message comes and goes with Twilio’s prefix, and without it in Baton', async () => {
  const from = freshNumber();
  const form = {
    ...smsForm(from, 'Oi'),
    From: `whatsapp:${from}`,
    To: `whatsapp:${whatsapp.address}`,
    ProfileName: 'Bruno',
    WaId: from.slice(1),
  };
  expect((await deliver(signedByTwilio(credentials.auth_token, whatsapp.webhook_url, form))).status).toBe(200);
  const sent = await sendTo(`whatsapp:${from}`);
  expect(sent).toMatchObject({ from: `whatsapp:${whatsapp.address}`, text: 'Echo: Oi' });
  const conversation = await workspace.conversationOf(from);
  expect(conversation).toMatchObject({ channel: 'whatsapp', from_number: from, window_expires_at: expect.any(String) });
  expect(await workspace.must('GET', `/v1/conversations/${conversation.conversation_id}`)).toMatchObject({
    contact: { name: 'Bruno', phone: from },
  });
});

test('a body signed by hand, as the documents say, with repeated and new parameters, passes', async () => {
  const from = freshNumber();
  const params: Record<string, string> = { ...smsForm(from, 'By hand'), AParameterOfTomorrow: 'yes' };
  const url = sms.webhook_url;
  const signature = createHmac('sha1', credentials.auth_token)
    .update(
      url +
        Object.keys(params)
          .sort()
          .map((name) => name + params[name])
          .join(''),
    )
    .digest('base64');
  const signed = signedByTwilio(credentials.auth_token, url, params);
  expect(signature).toBe(signed.headers['x-twilio-signature']);
  expect((await deliver(signed)).status).toBe(200);
  expect((await sendTo(from)).text).toBe('Echo: By hand');
});

test('a JSON body signed by bodySHA256 passes', async () => {
  const from = freshNumber();
  expect((await deliver(signedByTwilioAsJson(credentials.auth_token, sms.webhook_url, smsForm(from, 'As JSON')))).status).toBe(200);
  expect((await sendTo(from)).text).toBe('Echo: As JSON');
});

test('with one byte changed it is 401 and leaves no trace, in NATS or in Postgres', async () => {
  const from = freshNumber();
  const good = signedByTwilio(credentials.auth_token, sms.webhook_url, smsForm(from, 'Pay the usual amount'));
  const json = signedByTwilioAsJson(credentials.auth_token, sms.webhook_url, smsForm(from, 'Pay the usual amount'));
  const forged: Signed[] = [
    tampered(good),
    tampered(json),
    { ...good, url: `${good.url}?more=1` },
    { ...good, headers: { ...good.headers, 'x-twilio-signature': `A${good.headers['x-twilio-signature']?.slice(1)}` } },
    { ...good, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    signedByTwilio('another token', good.url, smsForm(from, 'Pay the usual amount')),
  ];
  const before = tap.published.length;
  for (const signed of forged) expect((await deliver(signed)).status).toBe(401);

  // Whatever they had left would stand before this one, in the stream as in the thread.
  const later = freshNumber();
  expect((await deliver(signedByTwilio(credentials.auth_token, sms.webhook_url, smsForm(later, 'Honest')))).status).toBe(200);
  await sendTo(later);
  expect(tap.published.slice(before).map(({ data }) => JSON.parse(data).text)).toEqual(['Honest']);
  expect(
    await database.rows('select 1 from conversation.conversation where workspace_id = $1 and remote_address = $2', [
      workspace.workspaceId,
      from,
    ]),
  ).toEqual([]);
  expect(await database.rows("select 1 from conversation.message where text like '%usual amount%'")).toEqual([]);
  expect(await database.rows('select 1 from conversation.dead_letter where workspace_id = $1', [workspace.workspaceId])).toEqual([]);
});

test('a window that WhatsApp finds closed afterwards fails the message, with the word that a refusal at once has', async () => {
  const from = freshNumber();
  const form = { ...smsForm(from, 'Oi'), From: `whatsapp:${from}`, To: `whatsapp:${whatsapp.address}` };
  expect((await deliver(signedByTwilio(credentials.auth_token, whatsapp.webhook_url, form))).status).toBe(200);
  const sent = await sendTo(`whatsapp:${from}`);
  const callback = new URLSearchParams(sent.request.raw).get('StatusCallback') ?? '';
  const undelivered = { ...ids(sent.providerMessageId), MessageStatus: 'undelivered', ErrorCode: '63016', To: `whatsapp:${from}` };
  expect((await deliver(signedByTwilio(credentials.auth_token, callback, undelivered))).status).toBe(200);
  const message = await eventually(
    () => outbound(from),
    (row) => row?.status === 'failed',
    { what: 'the late refusal' },
  );
  expect(message).toMatchObject({ error: { code: 'window_expired' } });
});

test('what a caller leaves as a voice message stands in the conversation of their number, and a text cannot answer it there', async () => {
  const from = freshNumber();
  const voice = await workspace.addChannel({ provider: 'twilio', channel: 'voice', address: '+12025550133', credentials });
  const form = {
    AccountSid: credentials.account_sid,
    CallSid: `CA${crypto.randomUUID()}`,
    TranscriptionSid: `TR${crypto.randomUUID()}`,
    TranscriptionText: 'Please call me back.',
    TranscriptionStatus: 'completed',
    RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/AC/Recordings/RE1',
    From: from,
    To: voice.address,
    Direction: 'inbound',
  };
  expect((await deliver(signedByTwilio(credentials.auth_token, voice.webhook_url, form))).status).toBe(200);
  const conversation = await eventually(() => workspace.conversationOf(from));
  expect(conversation).toMatchObject({ channel: 'voice', last_message_preview: expect.any(String) });
  const answer = await workspace.call('POST', `/v1/conversations/${conversation.conversation_id}/messages`, { body: { body: 'Hello' } });
  expect([answer.status, answer.body.errors]).toEqual([422, [{ path: '/body', message: expect.stringContaining('only listens') }]]);
});

test('what Twilio refuses is failed with its code; what Twilio may have taken is unknown and never repeated', async () => {
  const [refused, lost] = [freshNumber(), freshNumber()];
  provider.respond(({ to }) => {
    if (to === refused) return { status: 400, json: { code: 21610, message: 'Attempt to send to unsubscribed recipient', status: 400 } };
    return to === lost ? 'accept-then-reset' : 'accept';
  });
  for (const from of [refused, lost]) await deliver(signedByTwilio(credentials.auth_token, sms.webhook_url, smsForm(from, 'Hi')));
  const failed = await eventually(
    () => outbound(refused),
    (row) => row?.status === 'failed',
  );
  expect(failed.error).toMatchObject({ code: 'recipient_opted_out' });
  const unknown = await eventually(
    () => outbound(lost),
    (row) => row?.status === 'unknown',
  );
  expect(unknown.provider_message_id).toBeNull();
  expect(provider.calls.filter(({ to }) => to === lost)).toHaveLength(1);

  // Its receipt settles it: the callback address carries our id.
  const [call] = provider.calls.filter(({ to }) => to === lost);
  const callback = new URLSearchParams(call?.request.raw).get('StatusCallback') ?? '';
  const form = { ...ids(call?.providerMessageId), MessageStatus: 'delivered', To: lost, From: sms.address };
  expect((await deliver(signedByTwilio(credentials.auth_token, callback, form))).status).toBe(200);
  const settled = await eventually(
    () => outbound(lost),
    (row) => row?.status === 'delivered',
  );
  expect(settled.provider_message_id).toBe(call?.providerMessageId);
  provider.respond();
});

test('a window that WhatsApp finds closed after the fact is closed here as well, and a person is asked for', async () => {
  const from = freshNumber();
  const form = { ...smsForm(from, 'Too long ago'), From: `whatsapp:${from}`, To: `whatsapp:${whatsapp.address}` };
  expect((await deliver(signedByTwilio(credentials.auth_token, whatsapp.webhook_url, form))).status).toBe(200);
  const sent = await sendTo(`whatsapp:${from}`);
  const callback = new URLSearchParams(sent.request.raw).get('StatusCallback') ?? '';
  const status = { ...ids(sent.providerMessageId), MessageStatus: 'undelivered', ErrorCode: '63016', To: `whatsapp:${from}` };
  expect((await deliver(signedByTwilio(credentials.auth_token, callback, status))).status).toBe(200);
  const failed = await eventually(
    () => outbound(from),
    (row) => row?.status === 'failed',
  );
  expect(failed.error).toMatchObject({ code: 'window_expired' });
  const conversation = await workspace.conversationOf(from);
  expect(conversation).toMatchObject({ needs_handoff: true, status: 'escalated' });
  expect(Date.parse(conversation.window_expires_at)).toBeLessThanOrEqual(Date.now());
  const late = await workspace.call('POST', `/v1/conversations/${conversation.conversation_id}/messages`, {
    body: { body: 'Still there?' },
  });
  expect(late).toMatchObject({ status: 422, body: { code: 'window_expired' } });
});

test('a STOP in whatever words that Twilio has answered already opts out without a word of ours, and its START opts in', async () => {
  const from = freshNumber();
  const says = (body: string, OptOutType?: string) => {
    const form = { ...smsForm(from, body), ...(OptOutType && { OptOutType }) };
    return deliver(signedByTwilio(credentials.auth_token, sms.webhook_url, form));
  };
  expect((await says('ARRET', 'STOP')).status).toBe(200);
  const { conversation_id } = await eventually(() => workspace.conversationOf(from));
  const path = `/v1/conversations/${conversation_id}`;
  expect(await workspace.must('GET', path)).toMatchObject({ opt_out: true });
  const refused = await workspace.call('POST', `${path}/messages`, { body: { body: 'Our offers', takeover: false } });
  expect(refused).toMatchObject({ status: 422, body: { code: 'recipient_opted_out' } });
  await says('REPRENDRE', 'START');
  await says('Hello again');
  expect((await sendTo(from)).text).toBe('Echo: Hello again');
  expect(provider.calls.filter(({ to }) => to === from)).toHaveLength(1);
});

function ids(sid = `SM${crypto.randomUUID().replaceAll('-', '')}`): Record<string, string> {
  return { MessageSid: sid, SmsSid: sid, AccountSid: credentials.account_sid };
}

function smsForm(from: string, body: string): Record<string, string> {
  return {
    ...ids(),
    ToCountry: 'US',
    SmsMessageSid: 'x',
    NumMedia: '0',
    Body: body,
    To: sms.address,
    NumSegments: '1',
    From: from,
    ApiVersion: '2010-04-01',
  };
}

async function sendTo(to: string) {
  const [call] = await eventually(
    () => provider.accepted().filter((one) => one.to === to),
    (calls) => calls.length > 0,
    { what: `a send to ${to}` },
  );
  if (!call) throw new Error('unreachable');
  return call;
}

async function outbound(address: string): Promise<Json> {
  const row = await workspace.conversationOf(address);
  const { messages } = await workspace.must('GET', `/v1/conversations/${row?.conversation_id}/messages`);
  return messages.find(({ direction }: Json) => direction === 'outbound');
}
