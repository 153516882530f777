import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running } from './harness.ts';
import { inbound } from './signed.ts';

let harness: Harness;
let ingest: Running;

beforeAll(async () => {
  harness = await Harness.create();
  await harness.makeDirectory();
  ingest = await harness.start();
});
afterAll(() => harness[Symbol.asyncDispose]());

const bearer = { authorization: 'Bearer service-token' };

function send(id: string, message: Record<string, unknown>, headers: Record<string, string> = bearer) {
  return ingest.post(`/providers/simulator/${id}/send`, JSON.stringify(message), headers);
}

async function outbox(id: string, query = ''): Promise<{ text: string; to: string; id: string }[]> {
  return (await ingest.get(`/providers/simulator/${id}/outbox${query}`)).json()['messages'] as { text: string; to: string; id: string }[];
}

test('what is sent stands in the outbox of the phone, once, however often it is sent', async () => {
  const id = await harness.account({ provider: 'simulator' });
  expect(await outbox(id)).toEqual([]);
  const messageId = newId('message');
  const message = { message_id: messageId, to: '+14155550123', text: 'Hi', attachments: [] };
  for (let repeat = 0; repeat < 3; repeat++) {
    const answer = await send(id, message);
    expect([answer.status, answer.json()]).toEqual([200, { id: `sim_${messageId}` }]);
  }
  expect(await outbox(id)).toEqual([
    { id: `sim_${messageId}`, message_id: messageId, to: '+14155550123', text: 'Hi', sent_at: expect.any(String), attachments: [] },
  ]);
});

test('the outbox can be narrowed to one phone and to what came after a message', async () => {
  const id = await harness.account({ provider: 'simulator' });
  const ids: string[] = [];
  for (let index = 0; index < 6; index++) {
    ids.push(newId('message'));
    await send(id, { message_id: ids[index], to: index % 2 === 0 ? '+14155550123' : '+14155550124', text: `text ${index}` });
  }
  const texts = async (query: string) => (await outbox(id, query)).map((one) => one.text);
  expect(await texts('')).toEqual(['text 0', 'text 1', 'text 2', 'text 3', 'text 4', 'text 5']);
  expect(await texts('?to=%2B14155550123')).toEqual(['text 0', 'text 2', 'text 4']);
  expect(await texts('?to=+14155550124')).toEqual(['text 1', 'text 3', 'text 5']);
  expect(await texts(`?to=%2B14155550123&after=sim_${ids[2]}`)).toEqual(['text 4']);
  expect(await texts(`?after=sim_${ids[5]}`)).toEqual([]);
  expect(await texts('?after=sim_gone')).toHaveLength(6);
});

test('an outbox of more than one page is read on by its last id', async () => {
  const id = await harness.account({ provider: 'simulator' });
  await Promise.all(Array.from({ length: 1200 }, () => send(id, { message_id: newId('message'), to: '+14155550123', text: 'x' })));
  const first = await outbox(id);
  expect(first).toHaveLength(1000);
  const rest = await outbox(id, `?after=${first.at(-1)!.id}`);
  expect(new Set([...first, ...rest].map((one) => one.id)).size).toBe(1200);
});

test('the phone confirms what it got as delivered, then as read, with our own id', async () => {
  const id = await harness.account({ provider: 'simulator' });
  const messageId = newId('message');
  await send(id, { message_id: messageId, to: '+14155550123', text: 'Hi' });
  const stored = await eventually(
    () => harness.stored(id),
    (all) => all.length === 2,
  );
  expect(stored.map((one) => one.body)).toMatchObject([
    { provider: 'simulator', provider_message_id: `sim_${messageId}`, message_id: messageId, status: 'delivered' },
    { provider_message_id: `sim_${messageId}`, status: 'read' },
  ]);
});

test('sending takes the service token, a known account and a message id', async () => {
  const id = await harness.account({ provider: 'simulator' });
  const message = { message_id: newId('message'), to: '+14155550123', text: 'Hi' };
  expect((await send(id, message, {})).status).toBe(401);
  expect((await send(id, message, { authorization: 'Bearer service-tokem' })).status).toBe(401);
  expect((await send('chn_0', message)).status).toBe(404);
  expect((await send(id, { ...message, message_id: 'msg_1' })).json()).toMatchObject({ status: 400, errors: [{ path: '/message_id' }] });
  expect((await send(id, { ...message, to: 7 })).status).toBe(400);
  expect(await outbox(id)).toEqual([]);
});

test('a customer writes by posting without a signature', async () => {
  const id = await harness.account({ provider: 'simulator' });
  const answer = await ingest.post(`/providers/simulator/${id}`, JSON.stringify(inbound()));
  expect([answer.status, answer.json()]).toEqual([202, { accepted: 1 }]);
});

test('a page of the same host may play the phone, at whatever port it is served; no other page may', async () => {
  const id = await harness.account({ provider: 'simulator' });
  const preflight = (origin: string) =>
    ingest.send('OPTIONS', `/providers/simulator/${id}`, { origin, 'access-control-request-method': 'POST' });
  const allowed = await preflight('http://127.0.0.1:4000');
  expect([allowed.status, allowed.headers['access-control-allow-origin']]).toEqual([204, 'http://127.0.0.1:4000']);
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
    const refused = await preflight(origin);
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    const read = await ingest.send('GET', `/providers/simulator/${id}/outbox`, { origin });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
  }
  const read = await ingest.send('GET', `/providers/simulator/${id}/outbox`, { origin: 'http://127.0.0.1:4000' });
  expect([read.status, read.headers['access-control-allow-origin']]).toEqual([200, 'http://127.0.0.1:4000']);
});

test('a phone that is told to refuses what is sent to it next, and confirms late what comes then', async () => {
  const id = await harness.account({ provider: 'simulator' });
  const trouble = (given: unknown) => ingest.post(`/providers/simulator/${id}/trouble`, JSON.stringify(given), {});
  const to = '+14155550123';
  const message = () => ({ message_id: newId('message'), to, text: 'Hi' });
  expect((await trouble({ to, refuse: 1, receipts_late_ms: 600_000 })).json()).toEqual({ to, refuse: 1, receipts_late_ms: 600_000 });
  expect((await send(id, { ...message(), to: '+14155550124' })).status).toBe(200);
  const refused = await send(id, message());
  expect([refused.status, refused.json()]).toMatchObject([400, { error: { code: 'simulated_refusal' } }]);
  const [late, prompt] = [message(), message()];
  for (const one of [late, prompt]) expect((await send(id, one)).status).toBe(200);
  expect((await outbox(id, `?to=${encodeURIComponent(to)}`)).map((one) => one.id)).toEqual(
    [late, prompt].map((one) => `sim_${one.message_id}`),
  );
  const confirmed = await eventually(
    async () => (await harness.stored(id)).map((one) => one.body['message_id']),
    (ids) => ids.filter((one) => one === prompt.message_id).length === 2,
  );
  expect(confirmed).not.toContain(late.message_id);
  // Any phone of the account.
  expect((await trouble({ refuse: 1 })).status).toBe(200);
  expect((await send(id, message())).status).toBe(400);
  expect((await send(id, message())).status).toBe(200);
  for (const wrong of [{ refuse: -1 }, { refuse: 1.5 }, { receipts_late_ms: 1e9 }, { to: 7 }])
    expect((await trouble(wrong)).status).toBe(400);
  const http = await harness.account({ provider: 'http' });
  expect((await ingest.post(`/providers/simulator/${http}/trouble`, '{}', {})).status).toBe(404);
});
