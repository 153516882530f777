import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let ai: FakeAi;
let w: Workspace;

beforeAll(async () => {
  bench = await startBench({}, true);
  const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  ai = await startFakeAi({ secret });
  w = await makeWorkspace(bench);
  await w.patch(`/v1/agents/${w.agentId}`, { approval: 'required', backend: { kind: 'webhook', url: ai.url, secret } });
});
afterAll(async () => {
  await ai?.[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const open = async (path: string) => (await w.get(`${path}/suggestions`)).body.suggestions;
const messages = async (path: string) => (await w.get(`${path}/messages?order=asc`)).body.messages;

/** Whether conversation-state knows that the answer comes later. */
const deferred = (dispatchId: string) => async () => {
  const owner = new pg.Client({ connectionString: withDatabase(bench.infra.postgres.superUrl, bench.infra.postgres.database) });
  await owner.connect();
  const { rows } = await owner.query('select deferred from conversation.dispatch where dispatch_id = $1', [dispatchId]);
  await owner.end();
  return rows[0]?.deferred === true;
};

function withDatabase(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

/** A customer writes, and the AI's reply waits for a person. */
async function drafted(text = 'Are you open?') {
  const path = `/v1/conversations/${await w.customerWrites(newCustomer(), text)}`;
  const [suggestion] = await eventually(
    () => open(path),
    (found) => found.length === 1,
  );
  return { path, suggestion };
}

test('a reply that needs approval waits, is listed, and goes out as the AI’s when a person sends it', async () => {
  const { path, suggestion } = await drafted();
  expect(suggestion).toMatchObject({
    reason: 'approval_required',
    status: 'open',
    stale: null,
    messages: [{ text: 'You said: Are you open?', attachments: [] }],
    sent_message_ids: [],
    settled_by: null,
  });
  expect((await w.get('/v1/suggestions')).body.suggestions).toContainEqual(suggestion);
  expect((await w.get(`${path}/dispatches`)).body.dispatches[0]).toMatchObject({
    dispatch_id: suggestion.suggestion_id,
    outcome: 'suppressed',
    suggestion: { messages: [{ text: 'You said: Are you open?' }] },
  });
  const sent = await w.post(`/v1/suggestions/${suggestion.suggestion_id}/send`);
  expect(sent, JSON.stringify(sent.body)).toMatchObject({
    status: 200,
    body: { status: 'sent', edited: false, settled_by: { kind: 'api_key' }, sent_message_ids: [expect.stringMatching(/^msg_/)] },
  });
  const [, reply] = await messages(path);
  expect(reply).toMatchObject({ author: 'ai', text: 'You said: Are you open?', dispatch_id: suggestion.suggestion_id });
  expect((await w.get(path)).body).toMatchObject({ ai_mode: 'ai', mode_epoch: 1, unread: false });
  expect(await open(path)).toEqual([]);
  const again = await w.post(`/v1/suggestions/${suggestion.suggestion_id}/send`);
  expect(again).toMatchObject({ status: 409, body: { code: 'suggestion_settled' } });
  expect((await w.get('/v1/suggestions?status=sent')).body.suggestions[0]).toMatchObject({ suggestion_id: suggestion.suggestion_id });
});

test('one may be sent edited, or dropped', async () => {
  const edited = await drafted();
  const answer = await w.post(`/v1/suggestions/${edited.suggestion.suggestion_id}/send`, { text: 'Until ten.' });
  expect(answer.body).toMatchObject({ edited: true, messages: [{ text: 'You said: Are you open?' }] });
  expect((await messages(edited.path))[1]).toMatchObject({ text: 'Until ten.', author: 'ai' });
  const dropped = await drafted();
  const drop = () => w.post(`/v1/suggestions/${dropped.suggestion.suggestion_id}/drop`);
  expect((await drop()).body).toMatchObject({ status: 'dropped', sent_message_ids: [] });
  expect(await drop()).toMatchObject({ status: 409, body: { code: 'suggestion_settled' } });
  expect(await messages(dropped.path)).toHaveLength(1);
});

test('two people send one, and the customer hears it once', async () => {
  const { path, suggestion } = await drafted();
  const answers = await Promise.all([1, 2, 3].map(() => w.post(`/v1/suggestions/${suggestion.suggestion_id}/send`)));
  expect(answers.map((one) => one.status).sort()).toEqual([200, 409, 409]);
  expect(await messages(path)).toHaveLength(2);
});

test('one that the customer has written past is stale, and only goes out if somebody insists', async () => {
  const { path, suggestion } = await drafted();
  const { from_number: customer } = (await w.get(path)).body;
  await w.customerWrites(customer, 'And on Sunday?');
  const rows = await eventually(
    () => open(path),
    (found) => found.length === 2,
  );
  expect(rows).toMatchObject([{ stale: null }, { suggestion_id: suggestion.suggestion_id, stale: 'newer_message' }]);
  const send = (body?: object) => w.post(`/v1/suggestions/${suggestion.suggestion_id}/send`, body);
  expect(await send()).toMatchObject({ status: 409, body: { code: 'suggestion_stale' } });
  expect(await send({ allow_stale: true })).toMatchObject({ status: 200 });
  await w.patch(path, { ai_mode: 'human' });
  expect(await open(path)).toMatchObject([{ stale: 'mode_changed' }]);
});

test('a reply that comes after a takeover is a suggestion that goes out as the person’s', async () => {
  ai.respond({ status: 202 });
  const calls = ai.calls.length;
  const path = `/v1/conversations/${await w.customerWrites(newCustomer(), 'Hello?')}`;
  const { turn } = await ai.call(calls + 1);
  await eventually(deferred(turn.dispatch_id));
  await w.patch(path, { ai_mode: 'human' });
  const reply = await w.post(`/v1/dispatches/${turn.dispatch_id}/reply`, { text: 'Late' });
  expect(reply.body).toMatchObject({ result: 'suggestion', outcome: 'suppressed' });
  ai.respond();
  expect(await open(path)).toMatchObject([{ reason: 'stale_epoch', stale: null }]);
  const user = (await w.post('/v1/users', { email: 'ada@example.com', display_name: 'Ada', role: 'operator' })).body.user_id;
  await w.post(`/v1/suggestions/${turn.dispatch_id}/send`, undefined, { 'baton-user': user });
  expect((await messages(path))[1]).toMatchObject({ author: 'human', sender_name: 'Ada', text: 'Late' });
  expect((await w.get(path)).body).toMatchObject({ ai_mode: 'human', mode_epoch: 2 });
});

test('nobody sees or sends another’s, and a turn without one has none', async () => {
  const { path, suggestion } = await drafted();
  const other = await makeWorkspace(bench);
  for (const act of ['send', 'drop'])
    expect(await other.post(`/v1/suggestions/${suggestion.suggestion_id}/${act}`)).toMatchObject({ status: 404 });
  expect(await other.get(`${path}/suggestions`)).toMatchObject({ status: 404 });
  expect((await other.get('/v1/suggestions')).body.suggestions).toEqual([]);
  await other.customerWrites(newCustomer());
  const [{ conversation_id }] = (await other.get('/v1/conversations')).body.conversations;
  const [{ dispatch_id }] = (await other.get(`/v1/conversations/${conversation_id}/dispatches`)).body.dispatches;
  expect(await other.post(`/v1/suggestions/${dispatch_id}/send`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
