import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import type { Answer, Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';
import { exchangeOf, neverSent, readDocument, type Stand, send } from './printed.ts';
import { settled } from './settled.ts';
import { shapeProblems } from './shape.ts';
import { expectEachOnce, walkByLink, walkByOffset } from './walk.ts';

// An existing client of the booking API: every request as its document prints it, after real traffic.

const product = sharedProduct();
const document = readDocument('booking');
const [first = ''] = product.gatewayUrls;
const nobody = '00000000-0000-7000-8000-000000000000';
const hello = "Hi, I'd like to book a haircut";

let workspace: Workspace;
let whatsapp: Account;
let web: Account;
let stand: Stand;
/** In the order in which their conversations began. */
const leads: { customer: Customer; id: string; native: string }[] = [];

const asPrinted = (name: string, answer: Answer): void => {
  const { status, answer: printed } = exchangeOf(document, name);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(shapeProblems(printed ?? {}, answer.body)).toEqual([]);
};
const list = (query?: string) => send(stand, 'listConversations', query === undefined ? {} : { query });
const about = (name: string, conversation: string, o: { query?: string; body?: Json } = {}) =>
  send(stand, name, { ...o, values: { conversation } });
const set = async (conversation: string, status: string) => (await about('updateStatus', conversation, { body: { status } })).body;
const idsOf = (answer: Answer): string[] => answer.body.conversations.map(({ id }: Json) => id);
const native = (lead: { native: string }): Promise<Json> => workspace.must('GET', `/v1/conversations/${lead.native}`);

async function meet(account: Account, name: string): Promise<void> {
  const customer = workspace.customer(account, { name });
  await customer.says(hello);
  await customer.heard(1);
  const [id = ''] = idsOf(await list('size=1'));
  leads.push({ customer, id, native: (await workspace.conversationOf(customer.address)).conversation_id });
}

beforeAll(async () => {
  workspace = await makeWorkspace(product);
  stand = { document, base: `${first}/dialects/booking/api/v1`, values: {}, headers: { authorization: `Bearer ${workspace.key}` } };
  whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550181' });
  web = await workspace.addChannel({ provider: 'simulator', channel: 'web', address: 'widget-1' });
  for (const name of ['Jane Smith', 'Ada', 'Grace', 'Edith']) await meet(whatsapp, name);
  await meet(web, 'Rosa');
  await settled(workspace, leads[0]!.native);
});

test('the list has every printed field of its type, the conversation that began last first', async () => {
  const answer = await list();
  asPrinted('listConversations', answer);
  expect(answer.body).toMatchObject({ total: 5, page: 1, size: 20 });
  expect(idsOf(answer)).toEqual(leads.map(({ id }) => id).reverse());
  expect(answer.body.conversations.at(-1)).toMatchObject({
    session_key: `whatsapp_${leads[0]!.customer.address}`,
    channel: 'whatsapp',
    status: 'active',
    message_count: 2,
    lead: { name: 'Jane Smith', email: '' },
    last_message_preview: `Echo: ${hello}`,
  });
  for (const one of answer.body.conversations) expect(one.lead.id).toBe(one.lead_id);
});

test('one conversation comes with all its messages, oldest first, and the bare list has the same', async () => {
  const { id, customer, native: nativeId } = leads[0]!;
  const answer = await about('getConversation', id);
  asPrinted('getConversation', answer);
  expect(answer.body.messages).toMatchObject([
    { conversation_id: id, role: 'user', content: hello, metadata: {} },
    { conversation_id: id, role: 'assistant', content: `Echo: ${hello}`, metadata: {} },
  ]);
  expect(answer.body.session_key).toBe(`whatsapp_${customer.address}`);
  const messages = await about('getMessages', id);
  asPrinted('getMessages', messages);
  expect(messages.body).toEqual(answer.body.messages);
  expect((await about('getConversation', nativeId)).body).toEqual(answer.body);
});

test('a person counts as the assistant', async () => {
  const lead = leads[1]!;
  await workspace.must('POST', `/v1/conversations/${lead.native}/messages`, { body: 'Ada here', takeover: false });
  expect((await about('getMessages', lead.id)).body.at(-1)).toMatchObject({ role: 'assistant', content: 'Ada here' });
});

test('completed is a label: the AI goes on answering', async () => {
  const lead = leads[2]!;
  const answer = await about('updateStatus', lead.id);
  asPrinted('updateStatus', answer);
  expect(answer.body).toMatchObject({ id: lead.id, status: 'completed' });
  expect(shapeProblems(exchangeOf(document, 'listConversations').answer.conversations[0], answer.body)).toEqual([]);
  await lead.customer.says('Thanks');
  expect(await lead.customer.heard(2)).toEqual([`Echo: ${hello}`, 'Echo: Thanks']);
});

test('escalated makes the AI quiet, active lets it answer again, abandoned is a label', async () => {
  const lead = leads[3]!;
  expect((await set(lead.id, 'escalated')).status).toBe('escalated');
  await lead.customer.says('Is anybody there?');
  await eventually(async () => (await native(lead)).message_count === 3);
  const { dispatches } = await workspace.must('GET', `/v1/conversations/${lead.native}/dispatches`);
  expect(dispatches[0]).toMatchObject({ outcome: 'suppressed', reason: 'mode_human' });
  expect((await set(lead.id, 'active')).status).toBe('active');
  await lead.customer.says('Hello?');
  expect((await lead.customer.heard(2)).at(-1)).toBe('Echo: Hello?');
  expect((await set(lead.id, 'abandoned')).status).toBe('abandoned');
  expect((await native(lead)).ai_mode).toBe('ai');
});

test('status, channel and lead_id narrow the list and its total', async () => {
  const found = async (query: string): Promise<string[]> => {
    const answer = await list(query);
    expect(answer.body.total).toBe(answer.body.conversations.length);
    return idsOf(answer);
  };
  expect(await found('channel=web')).toEqual([leads[4]!.id]);
  expect(await found('status=completed')).toEqual([leads[2]!.id]);
  expect(await found('status=completed&channel=web')).toEqual([]);
  const [{ lead_id }] = (await list('channel=web')).body.conversations;
  expect(await found(`lead_id=${lead_id}`)).toEqual([leads[4]!.id]);
  expect(await found(`lead_id=${nobody}`)).toEqual([]);
});

test('pages to the last one leave no conversation out and repeat none while messages come in', async () => {
  const all = leads.map(({ id }) => id).reverse();
  let walks = 0;
  // Those of the pages to come, too: in a list by activity they would jump to the head and never be seen.
  const everybodyWrites = async () => {
    const text = `Walk ${++walks}`;
    for (const { customer } of leads) await customer.says(text);
    for (const lead of leads) await eventually(async () => (await native(lead)).messages.some((one: Json) => one.text === text));
  };
  const page = async (offset: number) => idsOf(await list(`size=2&page=${offset / 2 + 1}`));
  expect(await walkByOffset({ page, size: 2, meanwhile: everybodyWrites })).toEqual(all);
  const follow = (next: string) => workspace.call('GET', next);
  expect(await walkByLink({ first: await list('size=2'), rows: idsOf, follow, meanwhile: everybodyWrites })).toEqual(all);
});

test('new conversations push rows on, but none is left out', async () => {
  const before = leads.map(({ id }) => id).reverse();
  const page = async (offset: number) => idsOf(await list(`size=2&page=${offset / 2 + 1}`));
  const seen = await walkByOffset({ page, size: 2, meanwhile: () => meet(web, 'New') });
  expectEachOnce(
    [...new Set(seen)].filter((id) => before.includes(id)),
    before,
  );
});

test('pages of messages leave none out and repeat none while more come in', async () => {
  const lead = leads[0]!;
  let said = 0;
  const page = async (offset: number): Promise<string[]> =>
    (await about('getMessages', lead.id, { query: `limit=2&offset=${offset}` })).body.map(({ id }: Json) => id);
  const write = async () => {
    if (said < 3) await lead.customer.says(`More ${++said}`);
  };
  const seen = await walkByOffset({ page, size: 2, meanwhile: write });
  // The AI answers several at once when they come close together.
  const answered = ({ direction, text }: Json) => direction === 'outbound' && text.endsWith(`More ${said}`);
  await eventually(async () => (await native(lead)).messages.some(answered));
  const { body } = await about('getConversation', lead.id);
  expect(seen).toEqual(body.messages.map(({ id }: Json) => id).slice(0, seen.length));
  expect(body.message_count).toBe(body.messages.length);
});

test('beyond the printed limits and words the answer is 400, not a shorter list', async () => {
  const refused = { status: 400, body: { detail: expect.any(String), code: 'validation_error' } };
  for (const query of ['size=101', 'size=0', 'page=0', 'page=x', 'status=closed', 'channel=pigeon', 'lead_id=nobody'])
    expect(await list(query), query).toMatchObject(refused);
  for (const query of ['limit=501', 'limit=0', 'offset=-1'])
    expect(await about('getMessages', leads[0]!.id, { query }), query).toMatchObject(refused);
  for (const body of [{ status: 'closed' }, {}, { status: null }])
    expect(await about('updateStatus', leads[0]!.id, { body })).toMatchObject(refused);
  expect((await list('size=100')).body.size).toBe(100);
  expect((await about('getMessages', leads[0]!.id, { query: 'limit=500' })).status).toBe(200);
});

test('without a key 401, with what does not exist or is another’s 404', async () => {
  const other = await makeWorkspace(product);
  const stranger = { ...stand, headers: { authorization: `Bearer ${other.key}` } };
  const values = { conversation: leads[0]!.id };
  for (const name of Object.keys(document.exchanges)) {
    expect(await send({ ...stand, headers: {} }, name, { values })).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    if (name === 'listConversations') continue;
    expect(await send(stranger, name, { values })).toMatchObject({ status: 404, body: { code: 'not_found' } });
    for (const conversation of [nobody, 'nothing', '880b0500-...'])
      expect(await send(stand, name, { values: { conversation } })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  }
  expect((await send(stranger, 'listConversations')).body).toMatchObject({ conversations: [], total: 0 });
});

test('every printed request was sent', () => {
  expect(neverSent(document)).toEqual([]);
});
