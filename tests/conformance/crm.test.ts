import { uuidOfId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import { type Answer, call, type Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';
import { exchangeOf, neverSent, readDocument, type Stand, send } from './printed.ts';
import { settled } from './settled.ts';
import { shapeProblems } from './shape.ts';
import { expectEachOnce, walkByLink, walkByOffset } from './walk.ts';

// An existing client of the CRM API: every request as its document prints it, after real traffic.

const product = sharedProduct();
const document = readDocument('crm');
const [first = ''] = product.gatewayUrls;

let workspace: Workspace;
let whatsapp: Account;
let jane: Customer;
let stand: Stand;
/** Jane's conversation, by its UUID and by its own id. */
let uuid: string;
let id: string;

beforeAll(async () => {
  workspace = await makeWorkspace(product);
  whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550161' });
  jane = workspace.customer(whatsapp, { name: 'Jane Smith' });
  await jane.says('Is the flat on Main St still free?');
  await jane.heard(1);
  id = (await workspace.conversationOf(jane.address)).conversation_id;
  uuid = uuidOfId('conversation', id) ?? '';
  await settled(workspace, id);
  stand = {
    document,
    base: `${first}/dialects/crm/api/v1`,
    values: { conversation: uuid },
    headers: { authorization: `Bearer ${workspace.key}` },
  };
});

const asPrinted = (name: string, answer: Answer): void => {
  const { status, answer: printed } = exchangeOf(document, name);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(shapeProblems(printed, answer.body)).toEqual([]);
};
const list = (query?: string) => send(stand, 'listConversations', query === undefined ? {} : { query });
const idsOf = (answer: Answer): string[] => answer.body.data.map((one: Json) => one.id);

test('the list has every printed field, of its type, and its UUIDs are the ids of the native API', async () => {
  const answer = await list();
  asPrinted('listConversations', answer);
  expect(answer.body.pagination).toEqual({ page: 1, limit: 20, total: 1, totalPages: 1 });
  const { contact, ...native } = await workspace.must('GET', `/v1/conversations/${id}`);
  expect(answer.body.data).toEqual([
    {
      id: uuid,
      contactId: uuidOfId('contact', contact.contact_id),
      propertyId: uuidOfId('agent', workspace.agentId),
      status: 'active',
      startedAt: native.created_at,
      lastMessageAt: native.last_message_at,
      createdAt: native.created_at,
      updatedAt: native.updated_at,
    },
  ]);
  await workspace.must('PATCH', `/v1/conversations/${id}`, { metadata: { property_id: '660e8400-e29b-41d4-a716-446655440000' } });
  expect((await list()).body.data[0].propertyId).toBe('660e8400-e29b-41d4-a716-446655440000');
});

test('messages come newest first, by the conversation’s UUID or its id', async () => {
  const answer = await send(stand, 'getMessages');
  asPrinted('getMessages', answer);
  expect(answer.body.pagination).toEqual({ page: 1, limit: 20 });
  expect(answer.body.data.map(({ content, direction, channel, metadata }: Json) => [content, direction, channel, metadata])).toEqual([
    ['Echo: Is the flat on Main St still free?', 'outbound', 'whatsapp', null],
    ['Is the flat on Main St still free?', 'inbound', 'whatsapp', null],
  ]);
  expect(answer.body.data.map((one: Json) => one.conversationId)).toEqual([uuid, uuid]);
  expect(await send(stand, 'getMessages', { values: { conversation: id } })).toMatchObject({ status: 200, body: answer.body });
  expect((await send(stand, 'getMessages', { query: 'page=2&limit=1' })).body.data).toEqual([answer.body.data[1]]);
  expect((await send(stand, 'getMessages', { query: 'page=3&limit=1' })).body.data).toEqual([]);
});

test('the filters show what they name: one contact’s, active ones, archived ones', async () => {
  const shop = await makeWorkspace(product, { backend: { kind: 'none' } });
  const account = await shop.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550162' });
  const rows = (query: string) => call('GET', `${stand.base}/conversations?${query}`, { key: shop.key });
  const met: { id: string; contactId: string }[] = [];
  for (let n = 0; n < 3; n++) {
    await shop.customer(account).says('Hi');
    const answer = await eventually(
      () => rows(''),
      ({ body }) => body.pagination.total === n + 1,
    );
    met.unshift(answer.body.data[0]);
  }
  const [newest, middle, oldest] = met.map((one) => one.id) as [string, string, string];
  await shop.must('PATCH', `/v1/conversations/${await nativeId(shop, oldest)}`, { ai_mode: 'closed' });
  await shop.must('PATCH', `/v1/conversations/${await nativeId(shop, middle)}`, { status: 'archived' });
  expect(idsOf(await rows('status=active'))).toEqual([newest]);
  const archived = await rows('status=archived');
  expect(idsOf(archived)).toEqual([middle, oldest]);
  expect(archived.body).toMatchObject({ data: [{ status: 'archived' }, { status: 'archived' }], pagination: { total: 2 } });
  expect(idsOf(await rows(`contactId=${met[1]!.contactId}`))).toEqual([middle]);
  expect((await rows('contactId=770e8400-e29b-41d4-a716-446655440000')).body).toMatchObject({
    data: [],
    pagination: { page: 1, limit: 20, total: 0, totalPages: 0 },
  });
});

const nativeId = async (of: Workspace, shown: string): Promise<string> =>
  (await of.must('GET', '/v1/conversations')).conversations.find((one: Json) => uuidOfId('conversation', one.conversation_id) === shown)
    .conversation_id;

test('pages are counted as the document counts them, to the last one, without a repeat or a gap while messages arrive', async () => {
  const crowd = await makeWorkspace(product, { backend: { kind: 'none' } });
  const account = await crowd.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550163' });
  const get = (url: string) => call('GET', url, { key: crowd.key });
  const rows = (query: string) => get(`${stand.base}/conversations?${query}`);
  const stood: string[] = [];
  const arrive = async () => {
    await crowd.customer(account).says('Hello');
    const answer = await eventually(
      () => rows('limit=250'),
      ({ body }) => body.pagination.total === stood.length + 1,
    );
    stood.unshift(answer.body.data[0].id);
  };
  for (let n = 0; n < 5; n++) await arrive();
  expect((await rows('limit=2&page=3')).body.pagination).toEqual({ page: 3, limit: 2, total: 5, totalPages: 3 });
  const page = async (offset: number) => idsOf(await rows(`limit=2&page=${offset / 2 + 1}`));
  expect(await walkByOffset({ page, size: 2 })).toEqual(stood);
  const before = [...stood];
  expect(new Set(await walkByOffset({ page, size: 2, meanwhile: arrive }))).toEqual(new Set(before));
  const start = [...stood];
  const follow = (next: string) => get(`${first}${next}`);
  expectEachOnce(await walkByLink({ first: await rows('limit=2'), rows: idsOf, follow, meanwhile: arrive }), start);
});

test('pages of messages reach the first one without a repeat or a gap while more come in', async () => {
  const quiet = await makeWorkspace(product, { backend: { kind: 'none' } });
  const account = await quiet.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550164' });
  const customer = quiet.customer(account);
  const said: string[] = [];
  const get = (url: string) => call('GET', url, { key: quiet.key });
  const contents = (answer: Answer): string[] => answer.body.data.map(({ content }: Json) => content);
  const rows = async (query: string) => {
    const [one] = (await get(`${stand.base}/conversations`)).body.data;
    return one ? get(`${stand.base}/conversations/${one.id}/messages?${query}`) : undefined;
  };
  const say = async () => {
    said.unshift(`Message ${said.length + 1}`);
    await customer.says(said[0]!);
    await eventually(async () => (await rows('limit=1'))?.body.data[0]?.content === said[0]);
  };
  for (let n = 0; n < 5; n++) await say();
  const page = async (offset: number) => contents((await rows(`limit=2&page=${offset / 2 + 1}`))!);
  expect(await walkByOffset({ page, size: 2 })).toEqual(said);
  const before = [...said];
  expect(new Set(await walkByOffset({ page, size: 2, meanwhile: say }))).toEqual(new Set(before));
  const start = [...said];
  const follow = (next: string) => get(`${first}${next}`);
  expectEachOnce(await walkByLink({ first: (await rows('limit=2'))!, rows: contents, follow, meanwhile: say }), start);
});

test('search finds any part of a text in any letter case, with its conversation and the contact’s name', async () => {
  const answer = await eventually(
    () => send(stand, 'searchMessages', { query: 'query=MAIN%20st' }),
    ({ body }) => body.total === 2,
  );
  asPrinted('searchMessages', answer);
  expect(answer.body.data.map(({ content, direction }: Json) => [content, direction])).toEqual([
    ['Echo: Is the flat on Main St still free?', 'outbound'],
    ['Is the flat on Main St still free?', 'inbound'],
  ]);
  for (const hit of answer.body.data) expect(hit).toMatchObject({ conversationId: uuid, contactName: 'Jane Smith', channel: 'whatsapp' });
  expect((await send(stand, 'searchMessages', { query: 'query=main&limit=1' })).body).toMatchObject({ data: [{}], total: 2 });
  for (const nothing of ['m_in', 'main%25', 'castle'])
    expect((await send(stand, 'searchMessages', { query: `query=${nothing}` })).body).toEqual({ data: [], total: 0 });
  for (const wrong of ['', 'query=', 'query=main&limit=51', 'query=main&limit=0'])
    expect(await send(stand, 'searchMessages', { query: wrong }), wrong).toMatchObject({
      status: 400,
      body: { error: { code: 'validation_error' } },
    });
  const other = await makeWorkspace(product);
  const stranger = { ...stand, headers: { authorization: `Bearer ${other.key}` } };
  expect((await send(stranger, 'searchMessages', { query: 'query=main' })).body).toEqual({ data: [], total: 0 });
});

test('a limit beyond the maximum, a page before the first, a status or contact that can’t be: 400 with a sentence', async () => {
  for (const wrong of ['limit=251', 'limit=0', 'limit=x', 'page=0', 'page=-1', 'status=open', 'contactId=jane']) {
    const answer = await list(wrong);
    expect(answer.status, wrong).toBe(400);
    expect(answer.body).toEqual({ error: { code: 'validation_error', message: expect.stringMatching(/\w/) } });
  }
});

test('without a key 401, with what does not exist or is another’s 404, and nothing here writes', async () => {
  const anonymous = { ...stand, headers: {} };
  for (const name of Object.keys(document.exchanges))
    expect(await send(anonymous, name)).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
  const other = await makeWorkspace(product);
  const stranger = { ...stand, headers: { authorization: `Bearer ${other.key}` } };
  for (const [as, conversation] of [
    [stranger, uuid],
    [stand, '550e8400-e29b-41d4-a716-446655440000'],
    [stand, 'nonsense'],
  ] as const)
    expect(await send(as, 'getMessages', { values: { conversation } })).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    });
  const written = await call('POST', `${stand.base}/conversations`, { key: workspace.key, body: {} });
  expect(written).toMatchObject({ status: 405, body: { error: { code: 'method_not_allowed' } } });
});

test('every printed request was sent', () => {
  expect(neverSent(document)).toEqual([]);
});
