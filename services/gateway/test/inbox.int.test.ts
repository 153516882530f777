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

test('a canned reply goes the whole way by REST, and names the person who wrote it last', async () => {
  const body = { shortcut: 'Hours', title: 'Opening hours', text: 'From 12 to 22.', language: 'en', tags: ['faq'] };
  const made = await w.post('/v1/canned-replies', body);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...body, shortcut: 'hours', updated_by_kind: 'api_key' });
  const path = `/v1/canned-replies/${made.body.canned_reply_id}`;
  const again = await w.post('/v1/canned-replies', body);
  expect(again).toMatchObject({ status: 409, body: { code: 'conflict', errors: [{ path: '/shortcut' }] } });
  const user = await w.post('/v1/users', { email: 'rosa@example.com', display_name: 'Rosa', role: 'owner' });
  const changed = await w.patch(path, { language: null, text: 'From 11 to 22.' }, { 'baton-user': user.body.user_id });
  expect(changed.body).toMatchObject({ language: null, text: 'From 11 to 22.', title: 'Opening hours', updated_by_id: user.body.user_id });
  expect((await w.get(path)).body).toEqual(changed.body);
  expect((await w.get('/v1/canned-replies?query=FROM%2011&tag=faq')).body).toEqual({
    canned_replies: [changed.body],
    next_page_token: null,
  });
  expect((await stranger.get(path)).status).toBe(404);
  expect((await stranger.get('/v1/canned-replies')).body.canned_replies).toEqual([]);
  expect((await remove(path, stranger.key)).status).toBe(404);
  expect((await remove(path)).body).toEqual({ canned_reply_id: made.body.canned_reply_id, deleted: true });
  expect((await w.get(path)).status).toBe(404);
});

test('a tag with any characters is counted, renamed, merged and deleted by REST', async () => {
  const id = await w.customerWrites(newCustomer());
  await w.patch(`/v1/conversations/${id}`, { tags: ['a/b ü%', 'vip'] });
  expect((await w.get('/v1/tags')).body).toEqual({
    tags: [
      { name: 'a/b ü%', conversations: 1 },
      { name: 'vip', conversations: 1 },
    ],
    next_page_token: null,
  });
  const path = `/v1/tags/${encodeURIComponent('a/b ü%')}`;
  expect((await stranger.patch(path, { name: 'x' })).status).toBe(404);
  expect((await w.patch(path, { name: 'vip' })).body).toMatchObject({ code: 'conflict', errors: [{ path: '/name' }] });
  const renamed = await eventually(
    () => w.patch(path, { name: 'é'.repeat(100) }),
    (answer) => answer.body.state === 'done',
  );
  expect(renamed.body).toMatchObject({ name: 'a/b ü%', becomes: 'é'.repeat(100), conversations: 1 });
  const long = `/v1/tags/${encodeURIComponent('é'.repeat(100))}`;
  expect((await w.patch(long, { name: 'vip', merge: true })).body).toMatchObject({ conversations: 1 });
  expect((await w.get(`/v1/conversations/${id}`)).body.tags).toEqual(['vip']);
  expect((await remove('/v1/tags/vip')).body).toMatchObject({ name: 'vip', becomes: null });
  await eventually(
    () => w.get('/v1/tags'),
    (answer) => answer.body.tags.length === 0,
  );
  expect((await remove('/v1/tags/%00')).body).toMatchObject({ code: 'validation_error' });
});

test('what people note about a conversation is theirs to change, and an owner’s', async () => {
  const id = await w.customerWrites(newCustomer());
  const person = async (role: string) => {
    const body = { email: `${role}-${id}@example.com`, display_name: role, role };
    return { 'baton-user': (await w.post('/v1/users', body)).body.user_id as string };
  };
  const [ann, ben, vera] = [await person('operator'), await person('owner'), await person('viewer')];
  const path = `/v1/conversations/${id}/notes`;
  const made = await w.post(path, { text: 'Allergic to peanuts' }, ann);
  expect(made).toMatchObject({
    status: 201,
    body: { conversation_id: id, text: 'Allergic to peanuts', author_kind: 'user', author_id: ann['baton-user'] },
  });
  expect((await w.get(path, vera)).body).toEqual({ notes: [made.body], next_page_token: null });
  expect((await w.post(path, { text: 'x' }, vera)).status).toBe(403);
  const one = `${path}/${made.body.note_id}`;
  const key = await bench.key(w.workspaceId, ['read', 'write']);
  const writer = (method: string, body?: unknown) => call(bench.gateway, { path: one, method, key, ...(body !== undefined && { body }) });
  expect(await writer('PATCH', { text: 'x' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect((await writer('DELETE')).status).toBe(403);
  const changed = await w.patch(one, { text: 'Allergic to all nuts' }, ben);
  expect(changed.body).toMatchObject({ text: 'Allergic to all nuts', author_id: ann['baton-user'], updated_by_id: ben['baton-user'] });
  expect((await w.patch(one, { text: 'Allergic to nuts' }, ann)).status).toBe(200);
  expect((await stranger.get(path)).status).toBe(404);
  expect((await stranger.patch(one, { text: 'x' })).status).toBe(404);
  expect((await remove(one, stranger.key)).status).toBe(404);
  expect((await remove(one)).body).toEqual({ note_id: made.body.note_id, deleted: true });
  expect((await remove(one)).status).toBe(404);
  const { entries } = (await w.get('/v1/audit-log?operation=updateNote')).body;
  expect(entries.map((row: { changed_fields: string[] }) => row.changed_fields)).toEqual([['text'], ['text']]);
});

test('a user finds the conversations that are theirs', async () => {
  const id = await w.customerWrites(newCustomer());
  const body = { email: `mine-${id}@example.com`, display_name: 'M', role: 'operator' };
  const user: string = (await w.post('/v1/users', body)).body.user_id;
  const me = { 'baton-user': user };
  expect((await w.get('/v1/conversations?taken_over_by=me', me)).body.conversations).toEqual([]);
  const taken = await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' }, me);
  expect(taken.body).toMatchObject({ taken_over_by: user });
  const mine = await w.get('/v1/conversations?taken_over_by=me&details=true&total=true', me);
  expect(mine.body).toMatchObject({ conversations: [{ conversation_id: id, taken_over_by: user }], total: 1 });
  expect((await w.get(`/v1/conversations?taken_over_by=${user}`)).body.conversations).toHaveLength(1);
  expect((await stranger.get(`/v1/conversations?taken_over_by=${user}`)).body.conversations).toEqual([]);
  expect((await w.get('/v1/conversations?taken_over_by=me')).body).toMatchObject({ code: 'validation_error' });
  expect((await w.get('/v1/conversations?taken_over_by=nobody&total=true')).body).toMatchObject({ conversations: [], total: 0 });
});

test('the operations of a workspace are told at one glance, and the readers of the installation to administrators alone', async () => {
  const own = await makeWorkspace(bench);
  await own.customerWrites(newCustomer());
  const { webhook_endpoint_id } = (await own.post('/v1/webhooks', { url: 'http://127.0.0.1:9/', event_types: ['window.closing'] })).body;
  await own.post(`/v1/webhooks/${webhook_endpoint_id}/test`, {});
  const { body } = await eventually(
    () => own.get('/v1/operations?minutes=5'),
    ({ body: { traffic, webhooks } }) => traffic.total.received === 1 && traffic.outcomes.length === 1 && webhooks[0]?.dead === 1,
    { timeoutMs: 20_000 },
  );
  expect(body).toMatchObject({ open_dead_letters: 0, unavailable: [], webhooks: [{ webhook_endpoint_id, enabled: true, pending: 0 }] });
  expect(body.traffic).toMatchObject({
    total: { received: 1, replied: 0, sent: 0, failed: 0, latency_p50_ms: null },
    outcomes: [{ outcome: 'suppressed', reason: 'no_backend', count: 1 }],
  });
  expect(body.traffic.minutes).toHaveLength(5);
  const consumers = body.consumers.map((one: { stream: string; consumer: string }) => `${one.stream} ${one.consumer}`);
  expect(consumers).toEqual(
    expect.arrayContaining(['INBOUND conversation-state-p00', 'INBOUND conversation-state-p15', 'EVENTS dispatcher-turns']),
  );
  const reader = await call(bench.gateway, { path: '/v1/operations', key: await bench.key(own.workspaceId, ['read']) });
  expect([reader.status, reader.body.consumers, reader.body.traffic.minutes.length]).toEqual([200, null, 60]);
  const operator = await own.post('/v1/users', { email: 'ops@example.com', display_name: 'O', role: 'operator' });
  expect((await own.get('/v1/operations', { 'baton-user': operator.body.user_id })).body.consumers).toBeNull();
  const { body: others } = await (await makeWorkspace(bench)).get('/v1/operations');
  expect(others).toMatchObject({ traffic: { total: { received: 0, sent: 0 }, outcomes: [] }, webhooks: [], open_dead_letters: 0 });

  // The account says so too, also in the answer to a change of it.
  const path = `/v1/channels/${own.channelId}`;
  const { body: account } = await own.get(path);
  expect(account).toMatchObject({ last_received_at: expect.any(String), last_sent_at: null, last_error: null });
  const { body: changed } = await own.patch(path, { enabled: true });
  expect(changed.last_received_at).toBe(account.last_received_at);
  const { channels } = (await own.get('/v1/channels')).body;
  const quiet = channels.find((one: { channel: string }) => one.channel === 'whatsapp');
  expect(quiet).toMatchObject({ last_received_at: null, last_sent_at: null, last_error: null });
});
