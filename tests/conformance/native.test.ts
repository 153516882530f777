import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import { type Answer, call, type Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { SseReader } from '../support/streams/sse.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';
import { addressOf, exchangeOf, neverSent, readDocument, type Stand, send } from './printed.ts';
import { shapeProblems } from './shape.ts';
import { expectEachOnce } from './walk.ts';

// An existing client of the native API: every request as its document prints it, after real traffic. What else such a client relies on is in
// tests/e2e/seed-contract.test.ts.

const product = sharedProduct();
const document = readDocument('native');
const [first = ''] = product.gatewayUrls;

let workspace: Workspace;
let whatsapp: Account;
let customer: Customer;
let stand: Stand;
let id: string;

beforeAll(async () => {
  workspace = await makeWorkspace(product);
  whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550171' });
  // One more than the printed page holds, so that there is a next one.
  for (let n = 0; n < 20; n++) await workspace.customer(whatsapp).says('Hello');
  customer = workspace.customer(whatsapp, { name: 'Ada' });
  await customer.says('Hi');
  await customer.heard(1);
  id = (await workspace.conversationOf(customer.address)).conversation_id;
  await eventually(
    async () => (await workspace.must('GET', '/v1/conversations?page_size=250')).conversations,
    (rows) => rows.length === 21 && rows.every((row: Json) => row.message_count === 2),
  );
  stand = {
    document,
    base: first,
    values: { conversation: id, agent: workspace.agentId, key: workspace.key, streamed: id, token: workspace.key },
  };
});

test('the list has every printed field, of its type, a next page, and no ai_mode', async () => {
  const answer = await send(stand, 'listConversations');
  expect(answer.status).toBe(200);
  expect(shapeProblems(exchangeOf(document, 'listConversations').answer, answer.body)).toEqual([]);
  expect(answer.body.conversations).toHaveLength(20);
  for (const row of answer.body.conversations) expect(row).not.toHaveProperty('ai_mode');
  const last = await send(stand, 'listConversations', { query: `page_size=20&page_token=${answer.body.next_page_token}` });
  expect(last.body).toMatchObject({ conversations: [{ channel: 'whatsapp' }], next_page_token: null });
});

test('pages by token reach the end without a repeat or a gap while messages arrive', async () => {
  const rowsOf = ({ body }: Answer): string[] => body.conversations.map((row: Json) => row.conversation_id);
  const all = rowsOf(await send(stand, 'listConversations', { query: 'page_size=250' }));
  const seen: string[] = [];
  let token = '';
  for (let n = 0; n === 0 || token !== ''; n++) {
    const answer = await send(stand, 'listConversations', { query: `page_size=4${token && `&page_token=${token}`}` });
    seen.push(...rowsOf(answer));
    token = answer.body.next_page_token ?? '';
    const known = rowsOf(await send(stand, 'listConversations', { query: 'page_size=250' })).length;
    await workspace.customer(whatsapp).says('Me too');
    await eventually(async () => rowsOf(await send(stand, 'listConversations', { query: 'page_size=250' })).length > known);
  }
  expectEachOnce(seen, all);
});

test('one conversation comes with its mode, its window and its messages, newest first', async () => {
  const { status, body } = await send(stand, 'getConversation');
  expect(status).toBe(200);
  expect(body).toMatchObject({ conversation_id: id, ai_mode: 'ai', window_expires_at: expect.any(String), created_at: expect.any(String) });
  expect(body.messages.map(({ text }: Json) => text)).toEqual(['Echo: Hi', 'Hi']);
});

test('the export is a file with a line for each conversation of the agent, as CSV and as JSON', async () => {
  const csv = await send(stand, 'export');
  expect(csv.status).toBe(200);
  expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
  expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename=.*\.csv/);
  const [header, ...lines] = csv.body.trim().split(/\r?\n/);
  expect(header).toContain('conversation_id');
  const json = await send(stand, 'export', { query: 'format=json' });
  expect(json.headers.get('content-disposition')).toMatch(/\.json/);
  const ids = (answer: Answer): string[] => answer.body.conversations.map((row: Json) => row.conversation_id).sort();
  const all = ids(await send(stand, 'listConversations', { query: 'page_size=250' }));
  expect(lines.map((line: string) => line.split(',')[0]).sort()).toEqual(all);
  expect(ids(json)).toEqual(all);
  expect((await send(stand, 'export', { query: 'format=xls' })).status).toBe(400);
});

test('the stream opens with the key in the address, and tells of messages and changes of the mode without an event type', async () => {
  await using reader = await SseReader.open(addressOf(stand, 'stream'));
  await customer.says('Are you there?');
  await eventually(() => reader.ofType('message.delivered').length === 1 && reader.ofType('message.read').length === 1);
  const [delivered] = reader.ofType('message.delivered');
  expect(delivered).toMatchObject({ conversation_id: id, payload: { message_id: expect.stringMatching(/^msg_/) } });
  await send(stand, 'handOff');
  await eventually(() => reader.ofType('conversation.mode_changed').length === 1 && reader.ofType('message.received').length === 1);
  for (const frame of reader.frames) expect(frame.event).toBeUndefined();
  const [changed] = reader.ofType('conversation.mode_changed');
  expect(changed).toMatchObject({ conversation_id: id, timestamp: expect.any(String), payload: { from_mode: 'ai', to_mode: 'human' } });
  const [received] = reader.ofType('message.received');
  expect(received.payload).toMatchObject({ message_id: expect.stringMatching(/^msg_/), direction: 'inbound', text: 'Are you there?' });
});

test('handing off twice changes once, leaves one row in the history, and silences the AI until it is given back', async () => {
  const again = await send(stand, 'handOff');
  expect(again).toMatchObject({ status: 200, body: { ai_mode: 'human', changed: false } });
  const { history } = await workspace.must('GET', `/v1/conversations/${id}/mode-history`);
  expect(history).toMatchObject([{ from_mode: 'ai', to_mode: 'human', created_at: expect.any(String) }]);
  expect(history[0]).toHaveProperty('actor_user_id');
  expect((await send(stand, 'handOff', { body: { ai_mode: 'ai' } })).body).toMatchObject({ ai_mode: 'ai', changed: true });
  await customer.says('Back to you');
  await eventually(
    async () => (await customer.outbox()).at(-1)?.text,
    (text) => text === 'Echo: Back to you',
  );
});

test('closed is for good, and the customer’s next message begins another conversation', async () => {
  expect((await send(stand, 'close')).body).toMatchObject({ ai_mode: 'closed', changed: true });
  expect((await send(stand, 'handOff')).status).toBe(409);
  await customer.says('One more thing');
  const next = await eventually(
    async () => (await workspace.conversationOf(customer.address))?.conversation_id,
    (found) => found !== undefined && found !== id,
  );
  expect(next).toMatch(/^conv_/);
});

test('the document’s errors: no key, what does not exist, what is another’s, a page too large', async () => {
  const other = await makeWorkspace(product);
  const cases: [number, Promise<Answer>][] = [
    [401, send(stand, 'listConversations', { values: { key: 'pk_live_your_key' } })],
    [404, send(stand, 'getConversation', { values: { conversation: 'conv_abc123' } })],
    [404, send(stand, 'getConversation', { values: { key: other.key } })],
    [400, send(stand, 'listConversations', { query: 'page_size=251' })],
    [400, send(stand, 'handOff', { body: { ai_mode: 'robot' } })],
    [401, call('GET', `${first}/v1/conversations/${id}/stream?token=wrong`)],
  ];
  for (const [status, asked] of cases) {
    const answer = await asked;
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    expect(answer.body).toMatchObject({ status, code: expect.any(String), title: expect.any(String), detail: expect.any(String) });
  }
});

test('every printed request was sent', () => {
  expect(neverSent(document)).toEqual([]);
});
