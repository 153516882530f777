import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import { type Answer, call, type Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, freshNumber, makeWorkspace, type Workspace } from '../support/workspace.ts';
import { exchangeOf, neverSent, readDocument, type Stand, send } from './printed.ts';
import { settled } from './settled.ts';
import { shapeProblems } from './shape.ts';
import { expectEachOnce, walkByLink, walkByOffset } from './walk.ts';

// An existing client of the partner API: every request as its document prints it, after real traffic.

const product = sharedProduct();
const document = readDocument('partner');

let workspace: Workspace;
let sms: Account;
let john: Customer;
let stand: Stand;

beforeAll(async () => {
  workspace = await makeWorkspace(product, { takeover_timeout_seconds: 600 });
  sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550151' });
  john = workspace.customer(sms, { name: 'John Doe' });
  stand = {
    document,
    base: `${product.gatewayUrls[0]}/dialects/partner/v1`,
    values: { account: workspace.workspaceId, phone: john.address, key: product.partnerKey },
  };
  // A sequence writes first, then the customer, then the AI.
  await workspace.must('POST', '/v1/messages', {
    agent_id: workspace.agentId,
    channel: 'sms',
    to_number: john.address,
    body: 'Two documents are missing.',
    author: 'sequence',
  });
  await john.heard(1);
  await john.says('Which ones?');
  await john.heard(2);
  await settled(workspace, (await workspace.conversationOf(john.address)).conversation_id);
});

const asPrinted = (name: string, answer: Answer): void => {
  const { status, answer: printed } = exchangeOf(document, name);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(shapeProblems(printed, answer.body)).toEqual([]);
};
const path = (rest: string) => `${stand.base}/accounts/${workspace.workspaceId}/conversations${rest}`;
const ask = (rest: string, o: Parameters<typeof call>[2] & { method?: string } = {}) =>
  call(o.method ?? 'GET', path(rest), { key: workspace.key, ...o });

test('the list has every printed field, of its type, with what the API has set', async () => {
  const { conversation_id: id } = await workspace.conversationOf(john.address);
  asPrinted('listConversations', await send(stand, 'listConversations'));
  const [before] = (await ask('')).body.conversations;
  expect(before).toMatchObject({ lead_status: 'new', in_sequence: false });
  const { contact } = await workspace.must('GET', `/v1/conversations/${id}`);
  await workspace.must('PATCH', `/v1/contacts/${contact.contact_id}`, { attributes: { lead_status: 'qualified' } });
  await workspace.must('PATCH', `/v1/conversations/${id}`, { metadata: { in_sequence: true } });
  const { body } = await send(stand, 'listConversations');
  expect(body).toMatchObject({ total: 1, limit: 20, offset: 0 });
  expect(body.conversations).toEqual([
    {
      phone: john.address,
      name: 'John Doe',
      preview: 'Echo: Which ones?',
      last_message_at: expect.any(String),
      message_count: 3,
      needs_handoff: false,
      lead_status: 'qualified',
      in_sequence: true,
    },
  ]);
});

test('messages come newest first, each with its source, and as many as the list says', async () => {
  const answer = await send(stand, 'getMessages');
  asPrinted('getMessages', answer);
  expect(answer.body).toMatchObject({ total: 3, limit: 50, offset: 0 });
  expect(answer.body.messages.map(({ body, direction, source }: Json) => [body, direction, source])).toEqual([
    ['Echo: Which ones?', 'outbound', 'ai'],
    ['Which ones?', 'inbound', undefined],
    ['Two documents are missing.', 'outbound', 'sequence'],
  ]);
  expect(await ask(`/${encodeURIComponent(john.address)}/messages`)).toMatchObject({ status: 200, body: answer.body });
});

test('a message by hand takes the conversation over for the agent’s time, and resume-ai gives it back', async () => {
  const sent = await send(stand, 'sendMessage', { body: { body: 'This is Sarah.', sender_name: 'Sarah Johnson' } });
  asPrinted('sendMessage', sent);
  expect(sent.body).toMatchObject({ success: true, direction: 'outbound', source: 'manual' });
  expect((await john.heard(3)).at(-1)).toBe('This is Sarah.');
  const { conversation_id: id } = await workspace.conversationOf(john.address);
  const taken = await workspace.must('GET', `/v1/conversations/${id}`);
  expect(taken.ai_mode).toBe('human');
  expect(Date.parse(taken.takeover_expires_at) - Date.parse(taken.messages[0].created_at)).toBe(600_000);
  expect(taken.messages[0]).toMatchObject({ message_id: sent.body.message_id, author: 'human', sender_name: 'Sarah Johnson' });
  await john.says('Thanks, Sarah');
  await eventually(
    async () => (await ask(`/${john.address}/messages`)).body.total,
    (total) => total === 5,
  );
  const { dispatches } = await workspace.must('GET', `/v1/conversations/${id}/dispatches`);
  expect(dispatches[0]).toMatchObject({ outcome: 'suppressed', reason: 'mode_human' });

  const resumed = await send(stand, 'resumeAi');
  asPrinted('resumeAi', resumed);
  expect(resumed.body).toEqual({ success: true, ai_enabled: true });
  expect((await send(stand, 'resumeAi')).body).toEqual({ success: true, ai_enabled: true });
  await john.says('And now?');
  expect((await john.heard(4)).at(-1)).toBe('Echo: And now?');
});

test('a send repeated under its idempotency key is one message', async () => {
  const other = workspace.customer(sms);
  await other.says('Hi');
  await other.heard(1);
  const once = () => ask(`/${other.address}/messages`, { method: 'POST', body: { body: 'Once' }, headers: { 'idempotency-key': 'a' } });
  const first = await once();
  const again = await once();
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await other.heard(2)).toEqual(['Echo: Hi', 'Once']);
});

test('needs_handoff filters both ways, and the total counts what is filtered', async () => {
  const flagged = workspace.customer(sms);
  await flagged.says('A person, please');
  await flagged.heard(1);
  const { conversation_id: id } = await workspace.conversationOf(flagged.address);
  await workspace.must('PATCH', `/v1/conversations/${id}`, { needs_handoff: true });
  const of = async (value: string) => (await send(stand, 'listConversations', { query: `needs_handoff=${value}` })).body;
  const [flaggedOnly, others, all] = [await of('true'), await of('false'), (await ask('')).body];
  expect(flaggedOnly).toMatchObject({ total: 1, conversations: [{ phone: flagged.address, needs_handoff: true }] });
  expect(others.conversations.map(({ phone }: Json) => phone)).not.toContain(flagged.address);
  expect(flaggedOnly.total + others.total).toBe(all.total);
  expect((await ask('?needs_handoff=perhaps')).status).toBe(400);
});

test('limits are those of the document: 50 by default, 250 at most, beyond it 400', async () => {
  for (const list of ['', `/${john.address}/messages`]) {
    expect((await ask(list)).body).toMatchObject({ limit: 50, offset: 0 });
    expect((await ask(`${list}?limit=250&offset=3`)).body).toMatchObject({ limit: 250, offset: 3 });
    for (const wrong of ['limit=251', 'limit=0', 'limit=-1', 'limit=ten', 'offset=-1', 'offset=1.5']) {
      const { status, body } = await ask(`${list}?${wrong}`);
      expect([status, body.error.code, body.error.status], wrong).toEqual([400, 'validation_error', 400]);
    }
  }
});

test('a number has one row: after its conversation was closed that of the next one, which a send begins as well', async () => {
  const person = workspace.customer(sms);
  await person.says('Hi');
  await person.heard(1);
  const { conversation_id: id } = await workspace.conversationOf(person.address);
  await workspace.must('PATCH', `/v1/conversations/${id}`, { ai_mode: 'closed' });
  const row = async () => {
    const rows = (await ask('?limit=250')).body.conversations.filter(({ phone }: Json) => phone === person.address);
    expect(rows).toHaveLength(1);
    return rows[0];
  };
  expect((await row()).message_count).toBe(2);
  expect(await ask(`/${person.address}/resume-ai`, { method: 'POST' })).toMatchObject({
    status: 409,
    body: { error: { code: 'conversation_closed' } },
  });
  const sent = await ask(`/${person.address}/messages`, { method: 'POST', body: { body: 'One more thing' } });
  expect(sent.status).toBe(200);
  expect((await row()).message_count).toBe(1);
  const { conversation_id: next } = await workspace.must('GET', `/v1/messages/${sent.body.message_id}`);
  expect(await workspace.must('GET', `/v1/conversations/${next}`)).toMatchObject({ ai_mode: 'human', previous_conversation_id: id });
});

test('pages reach the end without a repeat or a gap, also while messages arrive', async () => {
  const crowd = await makeWorkspace(product, { backend: { kind: 'none' } });
  const account = await crowd.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550152' });
  const list = `${stand.base}/accounts/${crowd.workspaceId}/conversations`;
  const get = (url: string) => call('GET', url, { key: crowd.key });
  const total = async () => (await get(list)).body.total;
  const people: string[] = [];
  const arrive = async () => {
    const customer = crowd.customer(account);
    await customer.says('Hello');
    people.unshift(customer.address);
    await eventually(total, (found) => found === people.length);
  };
  for (let n = 0; n < 7; n++) await arrive();
  const phones = (answer: Answer): string[] => answer.body.conversations.map(({ phone }: Json) => phone);
  const page = async (offset: number) => phones(await get(`${list}?limit=3&offset=${offset}`));
  expect(await walkByOffset({ page, size: 3 })).toEqual(people);

  // By offset alone what is pushed on comes twice, and nothing is missed; by the link each comes once.
  const before = [...people];
  expect(new Set(await walkByOffset({ page, size: 3, meanwhile: arrive }))).toEqual(new Set(before));
  const stood = [...people];
  const base = product.gatewayUrls[0];
  const follow = (next: string) => get(`${base}${next}`);
  expectEachOnce(await walkByLink({ first: await get(`${list}?limit=3`), rows: phones, follow, meanwhile: arrive }), stood);

  const customer = crowd.customer(account, { from: freshNumber() });
  const said: string[] = [];
  const messages = `${list}/${customer.address}/messages`;
  const say = async () => {
    said.unshift(`Message ${said.length + 1}`);
    await customer.says(said[0]!);
    await eventually(
      async () => (await get(messages)).body.total,
      (found) => found === said.length,
    );
  };
  for (let n = 0; n < 5; n++) await say();
  const bodies = (answer: Answer): string[] => answer.body.messages.map(({ body }: Json) => body);
  const start = [...said];
  expectEachOnce(await walkByLink({ first: await get(`${messages}?limit=2`), rows: bodies, follow, meanwhile: say }), start);
  const seen = await walkByOffset({ page: async (offset) => bodies(await get(`${messages}?limit=2&offset=${offset}`)), size: 2 });
  expect(seen).toEqual(said);
});

test('what goes wrong has its code, its status and a sentence', async () => {
  const cases: [number, string, Promise<Answer>][] = [
    [401, 'unauthorized', ask('', { key: `pk_live_${'0'.repeat(32)}` })],
    [401, 'unauthorized', call('GET', path(''))],
    [404, 'not_found', send(stand, 'listConversations', { values: { account: 'acc_8f3a1b2c' } })],
    [404, 'not_found', send(stand, 'getMessages', { values: { phone: freshNumber() } })],
    [400, 'invalid_phone', send(stand, 'getMessages', { values: { phone: '4155551234' } })],
    [400, 'invalid_phone', send(stand, 'resumeAi', { values: { phone: 'john' } })],
    [400, 'validation_error', send(stand, 'sendMessage', { body: {} })],
    [400, 'validation_error', send(stand, 'sendMessage', { body: { body: ' ' } })],
    [404, 'not_found', ask('/nothing/here')],
  ];
  for (const [status, code, asked] of cases) {
    const answer = await asked;
    expect(answer.body).toEqual({ error: { code, status, message: expect.stringMatching(/\w/) } });
    expect(answer.status).toBe(status);
  }
});

test('every printed request was sent', () => {
  expect(neverSent(document)).toEqual([]);
});
