import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import type { Answer, Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';
import { exchangeOf, neverSent, readDocument, type Stand, send } from './printed.ts';
import { shapeProblems } from './shape.ts';
import { walkByLink, walkByOffset } from './walk.ts';

// An existing client of the desk API. Its document prints tables of parameters and fields and no JSON: the requests are those of its examples, the types
// those of its tables.

const product = sharedProduct();
const document = readDocument('desk');
const [first = ''] = product.gatewayUrls;

let workspace: Workspace;
let sms: Account;
let whatsapp: Account;
let stand: Stand;
/** In the order in which their conversations began. */
const known: { customer: Customer; id: string }[] = [];

const asPrinted = (name: string, answer: Answer): void => {
  const { status, answer: printed } = exchangeOf(document, name);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(shapeProblems(printed ?? {}, answer.body)).toEqual([]);
};
const list = (query?: string) => send(stand, 'listConversations', query === undefined ? {} : { query });
const about = (name: string, conversation: string, body?: Json) =>
  send(stand, name, { values: { conversation }, ...(body !== undefined && { body }) });
const idsOf = (answer: Answer): string[] => answer.body.data.map(({ id }: Json) => id);
const one = async (id: string): Promise<Json> => (await about('getConversation', id)).body.data;
const contents = async (id: string): Promise<string[]> => (await one(id)).messages.map(({ content }: Json) => content);

async function meet(account: Account, name?: string): Promise<{ customer: Customer; id: string }> {
  const customer = workspace.customer(account, name === undefined ? {} : { name });
  await customer.says('Hello');
  await customer.heard(1);
  return { customer, id: (await workspace.conversationOf(customer.address)).conversation_id };
}

beforeAll(async () => {
  workspace = await makeWorkspace(product);
  stand = { document, base: `${first}/dialects/desk`, values: {}, headers: { authorization: `Bearer ${workspace.key}` } };
  sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550191' });
  whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550192' });
  for (const name of ['Jane', undefined, 'Grace', 'Edith']) known.push(await meet(sms, name));
  known.push(await meet(whatsapp, 'Rosa'));
});

test('a list has every field of the table, of its type, and tells what it is a part of', async () => {
  const answer = await list();
  asPrinted('listConversations', answer);
  expect(answer.body).toMatchObject({ success: true, total: 5, limit: 25, offset: 0 });
  expect(idsOf(answer)).toEqual(known.map(({ id }) => id).reverse());
  expect(answer.body.data.at(-1)).toMatchObject({
    customer_name: 'Jane',
    customer_phone: known[0]!.customer.address,
    channel: 'sms',
    status: 'open',
    last_message: 'Echo: Hello',
    unread: true,
    tags: [],
    messages: [{ content: 'Echo: Hello', sender: 'assistant' }],
  });
});

test('one conversation has them too, with its thread, newest first', async () => {
  const answer = await about('getConversation', known[1]!.id);
  asPrinted('getConversation', answer);
  expect(answer.body.data).toMatchObject({
    customer_name: '',
    messages: [{ sender: 'assistant' }, { sender: 'customer', content: 'Hello' }],
  });
});

test('all SMS conversations, the unread ones, those of a status or of a customer', async () => {
  const ofSms = await send(stand, 'listSms');
  asPrinted('listSms', ofSms);
  expect(idsOf(ofSms)).toHaveLength(4);
  expect(idsOf(await list('channel=whatsapp'))).toEqual([known[4]!.id]);
  const { customer_id } = await one(known[2]!.id);
  expect(idsOf(await list(`customer_id=${customer_id}`))).toEqual([known[2]!.id]);
  await workspace.must('POST', `/v1/conversations/${known[2]!.id}/read`);
  const unread = await send(stand, 'listUnread');
  asPrinted('listUnread', unread);
  expect(idsOf(unread)).toHaveLength(4);
  expect(idsOf(await list('unread=True'))).toEqual(idsOf(unread));
  expect(idsOf(await list('unread=false'))).toEqual([known[2]!.id]);
  expect((await list('status=open')).body.total).toBe(5);
  expect((await list('status=resolved')).body.total).toBe(0);
});

test('a conversation is created, its message reaches the phone, and what the customer answers is in the same thread', async () => {
  const customer = workspace.customer(sms);
  const printed = exchangeOf(document, 'createConversation').request.body;
  const made = await send(stand, 'createConversation', { body: { ...printed, customer_phone: customer.address } });
  asPrinted('createConversation', made);
  const { id } = made.body.data;
  expect(made.body.data).toMatchObject({ customer_name: 'Jane Smith', customer_phone: customer.address, last_message: printed.message });
  expect(await customer.heard(1)).toEqual([printed.message]);
  await customer.says('Who is that?');
  await eventually(async () => (await contents(id)).includes('Who is that?'));
});

test('a conversation by e-mail needs the address, and can be started first and written to then', async () => {
  const email = await workspace.addChannel({ provider: 'simulator', channel: 'email', address: 'desk@example.com' });
  const customer = workspace.customer(email, { from: 'zoe@example.com' });
  const given = { channel: 'email', customer_name: 'Zoe' };
  expect(await send(stand, 'createConversation', { body: given })).toMatchObject({ status: 400, body: { success: false } });
  const made = await send(stand, 'createConversation', { body: { ...given, customer_email: 'Zoe@Example.com' } });
  asPrinted('createConversation', made);
  expect(made.body.data).toMatchObject({ customer_email: 'zoe@example.com', customer_phone: '', last_message: '', messages: [] });
  await about('sendMessage', made.body.data.id);
  expect(await customer.heard(1)).toEqual(['Your order is on its way']);
});

test('the thread is read to its end by limit and offset', async () => {
  const { customer, id } = await meet(sms, 'Long');
  for (const n of [2, 3]) {
    await customer.says(`Message ${n}`);
    await customer.heard(n);
  }
  const all = await contents(id);
  expect(all).toHaveLength(6);
  const page = async (offset: number): Promise<string[]> => {
    const answer = await workspace.call('GET', `/dialects/desk/conversations/${id}?limit=4&offset=${offset}`);
    return answer.body.data.messages.map(({ content }: Json) => content);
  };
  expect(await walkByOffset({ page, size: 4 })).toEqual(all);
});

test('a message of the assistant reaches the phone, and the AI goes on answering', async () => {
  const { customer, id } = known[0]!;
  const sent = await about('sendMessage', id);
  asPrinted('sendMessage', sent);
  expect(sent.body.data).toMatchObject({ sender: 'assistant', content: 'Your order is on its way' });
  expect((await customer.heard(2)).at(-1)).toBe('Your order is on its way');
  await customer.says('Thanks');
  expect((await customer.heard(3)).at(-1)).toBe('Echo: Thanks');
});

test('a message of the customer goes the way of every other: it stands in the thread, and the AI answers it on the phone', async () => {
  const { customer, id } = known[1]!;
  const told = await about('sendMessage', id, { content: 'I also called you', sender: 'customer' });
  asPrinted('sendMessage', told);
  expect(told.body.data).toMatchObject({ sender: 'customer', conversation_id: id });
  expect(await customer.heard(2)).toEqual(['Echo: Hello', 'Echo: I also called you']);
  expect(await contents(id)).toEqual(['Echo: I also called you', 'I also called you', 'Echo: Hello', 'Hello']);
  await about('sendMessage', id, { content: 'STOP', sender: 'customer' });
  expect(await about('sendMessage', id)).toMatchObject({ status: 422, body: { success: false, code: 'recipient_opted_out' } });
});

test('status, name and tags are changed, by PATCH and by PUT, and closing is for good', async () => {
  const { customer, id } = await meet(sms);
  const patched = await about('updateConversation', id);
  asPrinted('updateConversation', patched);
  expect(patched.body.data).toMatchObject({ status: 'resolved', customer_name: 'Jane D.', tags: ['important', 'vip'] });
  await customer.says('Still me');
  expect((await customer.heard(2)).at(-1)).toBe('Echo: Still me');
  expect(idsOf(await list('status=resolved'))).toEqual([id]);
  const put = await about('putConversation', id, { status: 'open', tags: ['late'] });
  asPrinted('putConversation', put);
  expect(put.body.data).toMatchObject({ status: 'open', tags: ['important', 'vip', 'late'] });
  const closed = await about('closeConversation', id);
  asPrinted('closeConversation', closed);
  expect(closed.body.data.status).toBe('closed');
  expect(idsOf(await list('status=closed'))).toEqual([id]);
  await customer.says('And again');
  await eventually(async () => (await workspace.conversationOf(customer.address)).conversation_id !== id);
  expect((await one(id)).status).toBe('closed');
});

test('pages to the last one leave none out and repeat none while messages come in', async () => {
  const all = idsOf(await list('limit=100'));
  let walks = 0;
  const oldestWrites = async () => {
    const text = `Walk ${++walks}`;
    await known[0]!.customer.says(text);
    await eventually(async () => (await contents(known[0]!.id)).includes(text));
  };
  const page = async (offset: number) => idsOf(await list(`limit=3&offset=${offset}`));
  expect(await walkByOffset({ page, size: 3, meanwhile: oldestWrites })).toEqual(all);
  const follow = (next: string) => workspace.call('GET', next);
  expect(await walkByLink({ first: await list('limit=3'), rows: idsOf, follow, meanwhile: oldestWrites })).toEqual(all);
});

test('beyond the printed limits and words the answer is 400, not a shorter list', async () => {
  const refused = { status: 400, body: { success: false, error: expect.any(String) } };
  const wrong = ['limit=101', 'limit=0', 'limit=x', 'offset=-1', 'status=active', 'channel=pigeon', 'unread=maybe', 'customer_id=nobody'];
  for (const query of wrong) expect(await list(query), query).toMatchObject(refused);
  for (const body of [{}, { content: '' }, { content: 'x', sender: 'ai' }, { content: 7 }])
    expect(await about('sendMessage', known[0]!.id, body)).toMatchObject(refused);
  expect((await list('limit=100')).body.limit).toBe(100);
});

test('without a key 401, with what does not exist or is another’s 404', async () => {
  const other = await makeWorkspace(product);
  const stranger = { ...stand, headers: { authorization: `Bearer ${other.key}` } };
  const values = { conversation: known[0]!.id };
  for (const name of Object.keys(document.exchanges)) {
    expect(await send({ ...stand, headers: {} }, name, { values })).toMatchObject({ status: 401, body: { success: false } });
    if (!exchangeOf(document, name).request.url.includes('{conversation_id}')) continue;
    expect(await send(stranger, name, { values }), name).toMatchObject({ status: 404, body: { success: false } });
    expect(await send(stand, name, { values: { conversation: 'nothing' } })).toMatchObject({ status: 404, body: { success: false } });
  }
  const told = { values, body: { content: 'x', sender: 'customer' } };
  expect((await send(stranger, 'sendMessage', told)).status).toBe(404);
  expect((await send(stranger, 'listConversations')).body).toMatchObject({ data: [], total: 0 });
  expect((await one(known[0]!.id)).status).toBe('open');
});

test('every printed request was sent', () => {
  expect(neverSent(document)).toEqual([]);
});
