import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, call, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;
const base = '/dialects/desk/conversations';

beforeAll(async () => {
  bench = await startBench({}, true);
  w = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

const native = async (id: string) => (await w.get(`/v1/conversations/${id}`)).body;

test('a conversation is started by writing to the customer; one that is known keeps its thread and gets the name', async () => {
  const phone = newCustomer();
  const made = await w.post(base, { channel: 'sms', customer_phone: phone, customer_email: 'Ada@Example.com', message: 'Hello Ada' });
  expect(made).toMatchObject({
    status: 201,
    body: {
      success: true,
      data: {
        customer_phone: phone,
        customer_email: 'ada@example.com',
        customer_name: '',
        channel: 'sms',
        status: 'open',
        last_message: 'Hello Ada',
        unread: false,
        messages: [{ sender: 'assistant', content: 'Hello Ada' }],
      },
    },
  });
  const again = await w.post(base, { channel: 'sms', customer_phone: phone, customer_name: 'Ada Lovelace' });
  expect(again.body.data).toMatchObject({ id: made.body.data.id, customer_name: 'Ada Lovelace', message_count: 1 });
  expect(await native(made.body.data.id)).toMatchObject({ ai_mode: 'ai', contact: { name: 'Ada Lovelace', email: 'ada@example.com' } });
});

test('starting one twice under the same Idempotency-Key is one conversation, one name and one message', async () => {
  const body = { channel: 'sms', customer_phone: newCustomer(), customer_name: 'Grace', message: 'Once' };
  const post = () => w.post(base, body, { 'idempotency-key': 'desk-1' });
  const [first, second] = [await post(), await post()];
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(second.body).toEqual(first.body);
  expect((await native(first.body.data.id)).message_count).toBe(1);
});

test.each([
  [{ channel: 'sms', customer_email: 'a@example.com' }, 'customer_phone'],
  [{ channel: 'email', customer_phone: '+14155550123' }, 'customer_email'],
  [{ channel: 'sms', customer_phone: '12' }, 'customer_phone'],
  [{ channel: 'telegram', customer_phone: '+14155550123' }, 'channel'],
  [{ channel: 'pigeon', customer_phone: '+14155550123' }, 'channel'],
  [{ customer_phone: '+14155550123' }, 'channel'],
  [{ channel: 'sms', customer_phone: '+14155550123', message: ' ' }, 'message'],
])('%j can not be started, and the error names %s', async (body, named) => {
  const answer = await w.post(base, body);
  expect(answer).toMatchObject({ status: 400, body: { success: false, error: expect.stringContaining(named) } });
  expect(Object.keys(answer.body).sort()).toEqual(['code', 'error', 'success']);
});

test('a channel without an account says so', async () => {
  expect(await w.post(base, { channel: 'email', customer_email: 'a@example.com' })).toMatchObject({
    status: 422,
    body: { success: false, code: 'channel_unavailable' },
  });
});

test('what the customer wrote is told, once however often it is repeated, and the AI decides on it', async () => {
  const id = await w.customerWrites(newCustomer());
  await w.post(`/v1/conversations/${id}/read`);
  const tell = () => w.post(`${base}/${id}/messages`, { content: 'Are you open?', sender: 'customer' }, { 'idempotency-key': 'tell-1' });
  const [first, second] = [await tell(), await tell()];
  expect(first).toMatchObject({
    status: 201,
    body: { success: true, data: { conversation_id: id, sender: 'customer', content: 'Are you open?' } },
  });
  expect(second.body).toEqual(first.body);
  const conversation = await native(id);
  expect(conversation).toMatchObject({ message_count: 2, unread: true });
  expect(conversation.messages[0]).toMatchObject({ author: 'contact', direction: 'inbound', status: 'received' });
  const { dispatches } = (await w.get(`/v1/conversations/${id}/dispatches`)).body;
  expect(dispatches[0].message_ids).toEqual([first.body.data.id]);
});

test('told to a closed conversation it stands in the next one', async () => {
  const id = await w.customerWrites(newCustomer());
  expect((await w.post(`${base}/${id}/close`)).body.data).toMatchObject({ id, status: 'closed' });
  expect(await w.post(`${base}/${id}/messages`, { content: 'Hello?' })).toMatchObject({
    status: 409,
    body: { code: 'conversation_closed' },
  });
  const told = await w.post(`${base}/${id}/messages`, { content: 'One more thing', sender: 'customer' });
  expect(told.status).toBe(201);
  expect(told.body.data.conversation_id).not.toBe(id);
  expect(await native(told.body.data.conversation_id)).toMatchObject({ previous_conversation_id: id });
});

test('the assistant writes without taking over, unless that is asked for', async () => {
  const id = await w.customerWrites(newCustomer());
  expect(await w.post(`${base}/${id}/messages`, { content: 'We are' })).toMatchObject({
    status: 201,
    body: { data: { sender: 'assistant', content: 'We are' } },
  });
  expect((await native(id)).ai_mode).toBe('ai');
  await w.post(`${base}/${id}/messages`, { content: 'Ada here', takeover: true });
  expect((await native(id)).ai_mode).toBe('human');
});

test('resolved and open are labels, closed is for good, and tags come beside those that are there', async () => {
  const id = await w.customerWrites(newCustomer());
  const put = (body: unknown) => call(bench.gateway, { path: `${base}/${id}`, method: 'PUT', key: w.key, body });
  expect((await w.patch(`${base}/${id}`, { status: 'resolved', tags: ['vip'] })).body.data).toMatchObject({
    status: 'resolved',
    tags: ['vip'],
  });
  expect(await native(id)).toMatchObject({ ai_mode: 'ai', status: 'completed' });
  expect((await put({ status: 'open', tags: ['important', 'vip'], customer_name: 'Ada L.' })).body.data).toMatchObject({
    status: 'open',
    tags: ['vip', 'important'],
    customer_name: 'Ada L.',
  });
  await w.patch(`/v1/conversations/${id}`, { status: 'escalated' });
  expect((await put({ status: 'open' })).body.data.status).toBe('open');
  expect((await native(id)).status).toBe('escalated');
  expect((await put({ status: 'closed' })).body.data.status).toBe('closed');
  expect((await put({ status: 'closed' })).status).toBe(200);
  for (const status of ['open', 'resolved']) expect(await put({ status })).toMatchObject({ status: 409, body: { success: false } });
  const tooMany = Array.from({ length: 50 }, (_, n) => `tag-${n}`);
  expect(await put({ tags: tooMany })).toMatchObject({ status: 400 });
  expect((await put({})).status).toBe(400);
});

test('each filter finds what its status says', async () => {
  const other = await makeWorkspace(bench);
  const ids = await Promise.all(['a', 'b', 'c', 'd'].map(() => other.customerWrites(newCustomer())));
  await other.patch(`${base}/${ids[1]}`, { status: 'resolved' });
  await other.patch(`${base}/${ids[2]}`, { status: 'resolved' });
  await other.post(`${base}/${ids[2]}/close`);
  await other.patch(`/v1/conversations/${ids[3]}`, { status: 'escalated' });
  await other.post(`/v1/conversations/${ids[3]}/read`);
  const found = async (query: string) => {
    const { body } = await other.get(`${base}?${query}`);
    expect(body.total).toBe(body.data.length);
    return body.data.map((one: { id: string }) => one.id).sort();
  };
  const sorted = (...wanted: (string | undefined)[]) => wanted.sort();
  expect(await found('status=open')).toEqual(sorted(ids[0], ids[3]));
  expect(await found('status=resolved')).toEqual([ids[1]]);
  expect(await found('status=closed')).toEqual([ids[2]]);
  expect(await found('unread=false')).toEqual([ids[3]]);
  const { customer_id } = (await other.get(`${base}/${ids[0]}`)).body.data;
  expect(await found(`customer_id=${customer_id}`)).toEqual([ids[0]]);
  expect(await found('channel=email')).toEqual([]);
});

test('a conversation shows its newest messages first, and the others by limit and offset', async () => {
  const from = newCustomer();
  const id = await w.customerWrites(from, 'one');
  for (const text of ['two', 'three', 'four']) await w.customerSays(from, text);
  await eventually(async () => (await native(id)).message_count === 4);
  const shown = async (query = '') => {
    const { data } = (await w.get(`${base}/${id}${query}`)).body;
    return [data.last_message, data.messages.map((one: { content: string }) => one.content)];
  };
  expect(await shown()).toEqual(['four', ['four', 'three', 'two', 'one']]);
  expect(await shown('?limit=2&offset=1')).toEqual(['four', ['three', 'two']]);
  const row = (await w.get(`${base}?limit=100`)).body.data.find((one: { id: string }) => one.id === id);
  expect(row).toMatchObject({ last_message: 'four', messages: [{ content: 'four' }], message_count: 4 });
});
