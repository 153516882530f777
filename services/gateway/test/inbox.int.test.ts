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
