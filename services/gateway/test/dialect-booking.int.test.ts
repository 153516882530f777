import { uuidOfId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;
const base = '/dialects/booking/api/v1/conversations';

beforeAll(async () => {
  bench = await startBench({}, true);
  w = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

const uuid = (id: string) => uuidOfId('conversation', id)!;

test('a status is set, and only escalated and active say who answers', async () => {
  const id = await w.customerWrites(newCustomer());
  const set = async (status: string) => (await w.patch(`${base}/${uuid(id)}`, { status })).body;
  const mode = async () => {
    const { ai_mode, needs_handoff, status } = (await w.get(`/v1/conversations/${id}`)).body;
    return { ai_mode, needs_handoff, status };
  };
  expect(await set('completed')).toMatchObject({ id: uuid(id), status: 'completed' });
  expect(await mode()).toEqual({ ai_mode: 'ai', needs_handoff: false, status: 'completed' });
  expect(await set('abandoned')).toMatchObject({ status: 'abandoned' });
  expect(await mode()).toEqual({ ai_mode: 'ai', needs_handoff: false, status: 'abandoned' });
  expect(await set('escalated')).toMatchObject({ status: 'escalated' });
  expect(await mode()).toEqual({ ai_mode: 'human', needs_handoff: true, status: 'escalated' });
  expect(await set('active')).toMatchObject({ status: 'active' });
  expect(await mode()).toEqual({ ai_mode: 'ai', needs_handoff: false, status: 'active' });
  const history = (await w.get(`/v1/conversations/${id}/mode-history`)).body.history;
  expect(history.map((one: { reason: string }) => one.reason)).toEqual(['resume', 'escalated']);
});

test('active gives nothing back that a person took over, and does not open what is closed', async () => {
  const id = await w.customerWrites(newCustomer());
  await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' });
  await w.patch(`${base}/${uuid(id)}`, { status: 'completed' });
  await w.patch(`${base}/${uuid(id)}`, { status: 'active' });
  expect((await w.get(`/v1/conversations/${id}`)).body).toMatchObject({ ai_mode: 'human', status: 'active' });
  await w.patch(`/v1/conversations/${id}`, { ai_mode: 'closed' });
  for (const status of ['active', 'escalated'])
    expect(await w.patch(`${base}/${uuid(id)}`, { status })).toMatchObject({ status: 409, body: { code: 'conversation_closed' } });
  expect((await w.patch(`${base}/${uuid(id)}`, { status: 'completed' })).body).toMatchObject({ status: 'completed' });
});

test('a conversation of many messages comes whole and in order, also where it is streamed', async () => {
  const from = newCustomer();
  const id = await w.customerWrites(from, 'first');
  const texts = Array.from({ length: 249 }, (_, n) => `message ${n} "quoted" \u2028`);
  for (const text of texts) await w.customerSays(from, text);
  await eventually(async () => (await w.get(`/v1/conversations/${id}`)).body.message_count === 250);
  const answer = await w.get(`${base}/${uuid(id)}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.body).toMatchObject({ id: uuid(id), message_count: 250, session_key: `sms_${from}` });
  expect(answer.body.messages.map((one: { content: string }) => one.content)).toEqual(['first', ...texts]);
  const all: string[] = [];
  for (let offset = 0; offset < 250; offset += 120) {
    const page = await w.get(`${base}/${uuid(id)}/messages?limit=120&offset=${offset}`);
    all.push(...page.body.map((one: { content: string }) => one.content));
  }
  expect(all).toEqual(['first', ...texts]);
  expect((await w.get(`${base}/${uuid(id)}/messages`)).body).toHaveLength(100);
});
