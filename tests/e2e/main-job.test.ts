import { eventually } from '@baton/testkit/eventually.ts';
import { EventSource } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { sharedProduct } from '../support/product.ts';
import { SseReader } from '../support/streams/sse.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';

// One customer's story, told in order: each test goes on where the one before it stopped.

const product = sharedProduct();
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let database: Database;
let workspace: Workspace;
let sms: Account;
let ada: Customer;
let id: string;
let stream: SseReader;

beforeAll(async () => {
  database = openDatabase(product);
  workspace = await makeWorkspace(product);
  sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550111' });
  ada = workspace.customer(sms, { name: 'Ada' });
});

afterAll(async () => {
  await stream?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test('a message from a customer is answered by the AI on the customer’s phone', async () => {
  await ada.says('Do you deliver?');
  expect(await ada.heard(1)).toEqual(['Echo: Do you deliver?']);
  id = (await workspace.conversationOf(ada.address)).conversation_id;
  stream = await SseReader.open(`${product.gatewayUrls[0]}/v1/conversations/${id}/stream?token=${workspace.key}`);
  const { dispatches } = await workspace.must('GET', `/v1/conversations/${id}/dispatches`);
  expect(dispatches).toMatchObject([{ outcome: 'replied', reason: null, mode_epoch: 1, suggestion: null }]);
});

test('taking it over answers what has changed, and writes who did it', async () => {
  const answer = await workspace.must('PATCH', `/v1/conversations/${id}`, { ai_mode: 'human' });
  expect(answer).toMatchObject({
    conversation_id: id,
    ai_mode: 'human',
    changed: true,
    from_mode: 'ai',
    to_mode: 'human',
    mode_epoch: 2,
    drained: true,
    in_flight: [],
  });
  expect(await history()).toMatchObject([{ from_mode: 'ai', to_mode: 'human', mode_epoch: 2, created_at: expect.stringMatching(TIME) }]);
  expect((await history())[0]).toHaveProperty('actor_user_id');
});

test('while a person has it, what the customer writes is stored and the AI is not asked', async () => {
  await ada.says('Hello?');
  const { dispatches } = await eventually(
    () => workspace.must('GET', `/v1/conversations/${id}/dispatches`),
    (answer) => answer.dispatches.length === 2,
  );
  const { messages } = await workspace.must('GET', `/v1/conversations/${id}`);
  expect(messages[0]).toMatchObject({ direction: 'inbound', author: 'contact', text: 'Hello?', status: 'received', sequence: 3 });
  expect(dispatches[0]).toMatchObject({
    outcome: 'suppressed',
    reason: 'mode_human',
    message_ids: [messages[0].message_id],
    attempts: 0,
    latency_ms: null,
    reply_message_ids: [],
  });
});

test('a person’s message goes out', async () => {
  const sent = await workspace.call('POST', `/v1/conversations/${id}/messages`, {
    body: { body: 'Grace here: yes.', sender_name: 'Grace' },
  });
  expect(sent.status).toBe(201);
  expect(sent.body).toMatchObject({
    direction: 'outbound',
    author: 'human',
    sender_name: 'Grace',
    text: 'Grace here: yes.',
    takeover: null,
  });
  // Between the two stands nothing: the message of before was not answered by the AI.
  expect(await ada.heard(2)).toEqual(['Echo: Do you deliver?', 'Grace here: yes.']);
  await eventually(
    async () => (await workspace.must('GET', `/v1/messages/${sent.body.message_id}`)).status,
    (status) => status === 'read',
  );
});

test('operators reply via POST /v1/messages as well, onto the same conversation', async () => {
  const answer = await workspace.call('POST', '/v1/messages', {
    body: { agent_id: workspace.agentId, channel: 'sms', from_number: sms.address, to_number: ada.address, body: 'And tomorrow too.' },
  });
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({ message_id: expect.stringMatching(/^msg_/), conversation_id: id, status: 'queued', segments: 1 });
  expect(await ada.heard(3)).toEqual(['Echo: Do you deliver?', 'Grace here: yes.', 'And tomorrow too.']);
});

test('the same mode again is answered changed: false, with no event and no history row', async () => {
  // The receipts of what was said before count events of their own.
  await eventually(
    () =>
      database.rows("select 1 from conversation.message where conversation_id = $1 and direction = 'outbound' and status <> 'read'", [id]),
    (open) => open.length === 0,
  );
  const [before] = await database.rows('select event_sequence from conversation.conversation where conversation_id = $1', [id]);
  const again = await workspace.call('PATCH', `/v1/conversations/${id}`, { body: { ai_mode: 'human' } });
  expect(again.status).toBe(200);
  expect(again.body).toMatchObject({ changed: false, from_mode: 'human', to_mode: 'human', mode_epoch: 2, ai_mode: 'human' });
  expect(await history()).toHaveLength(1);
  const [after] = await database.rows('select event_sequence from conversation.conversation where conversation_id = $1', [id]);
  expect(after.event_sequence).toBe(before.event_sequence);
});

test('given back, the AI answers the next message and not the one it missed', async () => {
  const answer = await workspace.must('POST', `/v1/conversations/${id}/resume-ai`);
  expect(answer).toMatchObject({ changed: true, from_mode: 'human', to_mode: 'ai', mode_epoch: 3, ai_mode: 'ai' });
  await ada.says('Thank you');
  expect(await ada.heard(4)).toEqual(['Echo: Do you deliver?', 'Grace here: yes.', 'And tomorrow too.', 'Echo: Thank you']);
});

test('the stream showed each event once, in order, and one change of mode for each that happened', async () => {
  await eventually(
    () => stream.ofType('message.read').length,
    (count) => count >= 3,
  );
  const changes = stream.ofType('conversation.mode_changed');
  expect(changes.map(({ payload }) => [payload.from_mode, payload.to_mode])).toEqual([
    ['ai', 'human'],
    ['human', 'ai'],
  ]);
  for (const { data, event, id: position } of stream.frames) {
    expect(event).toBeUndefined();
    expect(position).toBeTypeOf('string');
    expect(data).toMatchObject({
      event_id: expect.stringMatching(/^evt_/),
      event_type: expect.any(String),
      workspace_id: workspace.workspaceId,
      agent_id: workspace.agentId,
      channel: 'sms',
      conversation_id: id,
      sequence: expect.any(Number),
      timestamp: expect.stringMatching(TIME),
      payload: expect.any(Object),
    });
  }
  const sequences = stream.frames.map(({ data }) => data.sequence);
  expect(sequences).toEqual(sequences.map((_, index) => sequences[0] + index));
  expect(new Set(stream.frames.map(({ id: position }) => position)).size).toBe(stream.frames.length);
});

test('a browser’s EventSource gets events by onmessage, with the key as ?token=', async () => {
  const source = new EventSource(`${product.gatewayUrls[0]}/v1/conversations/${id}/stream?token=${workspace.key}`);
  const seen: Json[] = [];
  source.onmessage = (frame) => seen.push(JSON.parse(frame.data));
  try {
    await new Promise((resolve, reject) => {
      source.onopen = resolve;
      source.onerror = reject;
    });
    await ada.says('One more');
    await eventually(
      () => seen.map(({ event_type }) => event_type),
      (types) => ['message.received', 'message.delivered', 'message.read'].every((type) => types.includes(type)),
    );
  } finally {
    source.close();
  }
  const received = seen.find(({ event_type }) => event_type === 'message.received');
  expect(received).toMatchObject({
    conversation_id: id,
    timestamp: expect.stringMatching(TIME),
    payload: { message_id: expect.stringMatching(/^msg_/), direction: 'inbound', text: 'One more' },
  });
});

test('the key as ?token= is good for streams only', async () => {
  for (const path of ['/v1/conversations', `/v1/conversations/${id}`]) {
    const answer = await fetch(`${product.gatewayUrls[0]}${path}?token=${workspace.key}`);
    expect(answer.status).toBe(401);
  }
});

test('closed is the end: it cannot be changed any more, and the next message opens a new conversation linked to it', async () => {
  const closed = await workspace.must('PATCH', `/v1/conversations/${id}`, { ai_mode: 'closed' });
  expect(closed).toMatchObject({ changed: true, from_mode: 'ai', to_mode: 'closed', closed_at: expect.stringMatching(TIME) });
  for (const mode of ['ai', 'human']) {
    const refused = await workspace.call('PATCH', `/v1/conversations/${id}`, { body: { ai_mode: mode } });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'conversation_closed', status: 409 });
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
  }
  expect((await workspace.call('POST', `/v1/conversations/${id}/resume-ai`)).status).toBe(409);
  expect((await workspace.call('POST', `/v1/conversations/${id}/messages`, { body: { body: 'Still there?' } })).status).toBe(409);
  expect(await workspace.must('PATCH', `/v1/conversations/${id}`, { ai_mode: 'closed' })).toMatchObject({ changed: false });

  await ada.says('A new matter');
  expect((await ada.heard(6)).at(-1)).toBe('Echo: A new matter');
  const { conversations } = await workspace.must('GET', '/v1/conversations');
  const [opened] = conversations.filter(({ from_number }: Json) => from_number === ada.address);
  expect(opened.conversation_id).not.toBe(id);
  expect(opened).toMatchObject({ conversation_id: expect.stringMatching(/^conv_/), previous_conversation_id: id, status: 'active' });
  expect(await workspace.must('GET', `/v1/conversations/${opened.conversation_id}`)).toMatchObject({ ai_mode: 'ai', message_count: 2 });
});

async function history(): Promise<Json[]> {
  const { history: rows } = await workspace.must('GET', `/v1/conversations/${id}/mode-history`);
  expect(await database.rows('select count(*)::int as n from conversation.mode_history where conversation_id = $1', [id])).toEqual([
    { n: rows.length },
  ]);
  return rows;
}
