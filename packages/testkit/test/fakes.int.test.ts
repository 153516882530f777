import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { startFakeAi } from '../src/fake-ai.ts';
import { startFakeProvider } from '../src/fake-provider.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const turn = { dispatch_id: 'dsp_1', messages: [{ message_id: 'msg_1', role: 'user', text: 'Hello' }] };

test('the AI stub answers a rightly signed turn and refuses any other', async () => {
  await using ai = await startFakeAi({ secret: SECRET });
  const body = JSON.stringify(turn);
  expect(await (await post(ai.url, { body, headers: signed(body) })).json()).toEqual({ text: 'You said: Hello' });
  expect((await post(ai.url, { body, headers: { ...signed(body), 'webhook-id': 'another' } })).status).toBe(401);
  expect(ai.calls.map(({ signed }) => signed)).toEqual([true, false]);
});

test('the AI stub does what it is told, and notes a caller that hangs up', async () => {
  await using ai = await startFakeAi();
  ai.respond({ status: 503, headers: { 'retry-after': '1' } });
  const busy = await post(ai.url, { body: JSON.stringify(turn) });
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
  ai.respond('hang');
  const control = new AbortController();
  const hanging = post(ai.url, { body: JSON.stringify(turn), signal: control.signal });
  const call = await ai.call(2);
  control.abort();
  await expect(hanging).rejects.toThrow();
  await expect.poll(() => call.abandonedAt).toBeTypeOf('number');
});

test('the provider stub takes what Twilio takes and refuses what it refuses, with its codes', async () => {
  await using provider = await startFakeProvider({ twilio: { account_sid: 'AC1', auth_token: 'tok' } });
  const url = `${provider.url}/2010-04-01/Accounts/AC1/Messages.json`;
  const auth = { authorization: `Basic ${Buffer.from('AC1:tok').toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' };
  const send = (form: Record<string, string>, headers = auth) => post(url, { body: new URLSearchParams(form).toString(), headers });
  const good = { To: '+12025550141', From: '+12025550100', Body: 'Hi' };
  const sent = await send(good);
  expect([sent.status, await sent.json()]).toMatchObject([201, { sid: expect.stringMatching(/^SM[0-9a-f]{32}$/), status: 'queued' }]);
  expect(await (await send({ ...good, To: '' })).json()).toMatchObject({ code: 21604, status: 400 });
  expect(await (await send({ ...good, Body: '' })).json()).toMatchObject({ code: 21602 });
  expect(await (await send({ ...good, Body: 'x'.repeat(1601) })).json()).toMatchObject({ code: 21617 });
  expect((await send(good, { ...auth, authorization: 'Basic bad' })).status).toBe(401);
  expect(provider.accepted()).toHaveLength(1);
  expect(provider.calls).toHaveLength(5);
});

test('the provider stub speaks Meta and the http provider, and can accept without answering', async () => {
  await using provider = await startFakeProvider({ meta: { access_token: 'EAA' }, http: { secret: SECRET } });
  const meta = `${provider.url}/v23.0/111/messages`;
  const body = JSON.stringify({ messaging_product: 'whatsapp', to: '12025550142', type: 'text', text: { body: 'Olá' } });
  const headers = { authorization: 'Bearer EAA' };
  expect(await (await post(meta, { body, headers })).json()).toMatchObject({ messages: [{ id: expect.stringMatching(/^wamid\./) }] });
  expect(await (await post(meta, { body, headers: { authorization: 'Bearer no' } })).json()).toMatchObject({ error: { code: 190 } });
  const message = JSON.stringify({ type: 'message', id: 'm1', to: '+12025550142', text: 'Hi' });
  expect((await post(provider.httpUrl, { body: message, headers: signed(message) })).status).toBe(202);
  expect((await post(provider.httpUrl, { body: message })).status).toBe(401);
  provider.respond('accept-then-reset');
  await expect(post(meta, { body, headers })).rejects.toThrow();
  expect((await provider.waitForAccepted(3)).map(({ text }) => text)).toEqual(['Olá', 'Hi', 'Olá']);
});

function signed(body: string): Record<string, string> {
  const [id, now] = ['msg_1', new Date()];
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, now, body),
  };
}

function post(url: string, init: { body: string; headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response> {
  return fetch(url, { method: 'POST', ...init });
}
