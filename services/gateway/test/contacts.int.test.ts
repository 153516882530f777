import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, call, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;
let stranger: Workspace;
beforeAll(async () => {
  bench = await startBench({}, true);
  [w, stranger] = [await makeWorkspace(bench), await makeWorkspace(bench)];
});
afterAll(() => bench[Symbol.asyncDispose]());

const remove = (path: string, key = w.key) => call(bench.gateway, { path, method: 'DELETE', key });
const put = (path: string, body: unknown, key = w.key) => call(bench.gateway, { path, method: 'PUT', key, body });

test('a contact goes the whole way by REST: made, found, changed, merged, and its history read', async () => {
  const phone = newCustomer();
  const made = await w.post('/v1/contacts', {
    name: 'Ada',
    phone: `${phone.slice(0, 5)} ${phone.slice(5)}`,
    attributes: { lead_status: 'new' },
  });
  expect(made.status).toBe(201);
  const id = made.body.contact_id;
  expect(made.body).toMatchObject({ phone, email: null, addresses: [{ kind: 'phone', address: phone }], conversation_count: 0 });
  const again = await w.post('/v1/contacts', { phone });
  expect(again.status).toBe(409);
  expect(again.body).toMatchObject({ code: 'conflict', errors: [{ path: '/phone', message: `belongs to ${id}` }] });
  const changed = await w.patch(`/v1/contacts/${id}`, { name: null, attributes: { lead_status: 'qualified', in_sequence: true } });
  expect(changed.body).toMatchObject({ name: null, attributes: { lead_status: 'qualified', in_sequence: true } });
  for (const filter of [`phone=${encodeURIComponent(phone)}`, 'attribute=lead_status:qualified']) {
    expect((await w.get(`/v1/contacts?${filter}`)).body.contacts.map((one: { contact_id: string }) => one.contact_id)).toEqual([id]);
  }
  const from = newCustomer();
  const conversation = (await w.get(`/v1/conversations/${await w.customerWrites(from)}`)).body;
  const merged = await w.post(`/v1/contacts/${id}/merge`, { from: conversation.contact.contact_id });
  expect(merged.body).toMatchObject({ contact_id: id, name: 'Ada', conversation_count: 1, merged_ids: [conversation.contact.contact_id] });
  expect((await w.get(`/v1/contacts/${conversation.contact.contact_id}`)).body.contact_id).toBe(id);
  expect((await w.get(`/v1/conversations/${conversation.conversation_id}`)).body.contact.contact_id).toBe(id);
  const { history } = (await w.get(`/v1/contacts/${id}/history`)).body;
  expect(history.map((one: { action: string }) => one.action)).toEqual(['merged', 'updated', 'created']);
  expect(JSON.stringify(history)).not.toContain('qualified');
  expect((await remove(`/v1/contacts/${id}`)).status).toBe(409);
});

test('an opt-out set by REST is the same as STOP, and lifting it the same as START', async () => {
  const from = newCustomer();
  const id = await w.customerWrites(from);
  for (const spelled of [from, encodeURIComponent(from)]) {
    expect((await put(`/v1/opt-outs/${spelled}`, { agent_id: w.agentId })).body).toMatchObject({ address: from, keyword: 'api' });
  }
  expect((await w.get(`/v1/conversations/${id}`)).body.opt_out).toBe(true);
  const refused = await w.post(`/v1/conversations/${id}/messages`, { body: 'Hello?' });
  expect(refused.body).toMatchObject({ status: 422, code: 'recipient_opted_out' });
  const list = async (query: string, at = w) =>
    (await at.get(`/v1/opt-outs?${query}`)).body.opt_outs.map((one: { address: string }) => one.address);
  expect(await list(`agent_id=${w.agentId}&address=${encodeURIComponent(from)}`)).toEqual([from]);
  expect(await list('', stranger)).toEqual([]);
  expect((await remove(`/v1/opt-outs/${from}?agent_id=${w.agentId}`)).body).toMatchObject({ lifted: true });
  expect((await remove(`/v1/opt-outs/${from}?agent_id=${w.agentId}`)).body).toMatchObject({ lifted: false });
  expect((await w.post(`/v1/conversations/${id}/messages`, { body: 'Hello!' })).status).toBe(201);
  const { history } = (await w.get(`/v1/opt-outs/${from}/history?agent_id=${w.agentId}`)).body;
  expect(history.map((one: { action: string; actor_kind: string }) => [one.action, one.actor_kind])).toEqual([
    ['opt_in', 'api_key'],
    ['opt_out', 'api_key'],
  ]);
  expect((await put(`/v1/opt-outs/${from}`, { agent_id: w.agentId }, stranger.key)).status).toBe(404);
  expect((await put('/v1/opt-outs/+0', { agent_id: w.agentId })).status).toBe(400);
  expect((await remove(`/v1/opt-outs/${from}`)).body).toMatchObject({ code: 'validation_error', errors: [{ path: 'agent_id' }] });
});

test('an erased contact is gone, its conversation closed and empty, and its history tells who asked', async () => {
  const from = newCustomer();
  const id = await w.customerWrites(from, 'My secret');
  const contact = (await w.get(`/v1/conversations/${id}`)).body.contact.contact_id;
  expect((await remove(`/v1/contacts/${contact}?erase=true`, stranger.key)).status).toBe(404);
  const erased = await remove(`/v1/contacts/${contact}?erase=true`);
  expect(erased.body).toMatchObject({ contact_id: contact, deleted: true, erasure: { conversations: 1 } });
  await eventually(
    () => remove(`/v1/contacts/${contact}?erase=true`),
    (again) => again.body.erasure.state === 'done',
  );
  expect((await w.get(`/v1/contacts/${contact}`)).status).toBe(404);
  const conversation = (await w.get(`/v1/conversations/${id}`)).body;
  expect(conversation).toMatchObject({ ai_mode: 'closed', from_number: `erased:${id}`, message_count: 1, last_message_preview: null });
  expect(conversation.messages).toMatchObject([{ text: '', sender_name: null, attachments: [] }]);
  expect((await w.get(`/v1/contacts/${contact}/history`)).body.history.map((one: { action: string }) => one.action)).toEqual([
    'erased',
    'erasure_requested',
  ]);
});

test('opt-outs come page by page without a gap', async () => {
  const own = await makeWorkspace(bench);
  const addresses = Array.from({ length: 5 }, newCustomer);
  for (const address of addresses) await put(`/v1/opt-outs/${address}`, { agent_id: own.agentId }, own.key);
  const seen: string[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page: { opt_outs: { address: string }[]; next_page_token: string | null } = (
      await own.get(`/v1/opt-outs?page_size=2${token === '' ? '' : `&page_token=${token}`}`)
    ).body;
    seen.push(...page.opt_outs.map((one) => one.address));
    token = page.next_page_token;
  }
  expect(seen.sort()).toEqual(addresses.sort());
});
