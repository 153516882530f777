import { newId } from '@baton/contracts/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, call, startBench } from './support.ts';
import { makeWorkspace } from './workspace.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({}, true);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** A workspace and what is asked in it, in somebody's name where one is given. */
async function workspace() {
  const key = await bench.key(newId('workspace'));
  const ask = (method: string, path: string, body?: unknown, user?: string) =>
    call(bench.gateway, { path, method, key, ...(body !== undefined && { body }), ...(user && { headers: { 'baton-user': user } }) });
  const add = async (email: string, role: string, more: object = {}): Promise<string> =>
    (await ask('POST', '/v1/users', { email, display_name: email.split('@')[0], role, ...more })).body.user_id;
  return { key, ask, add };
}

test('people are added, listed by role, changed and removed', async () => {
  const { ask, add } = await workspace();
  const owner = await add('olu@example.com', 'owner');
  const made = await ask('POST', '/v1/users', { email: 'Ada@example.com', display_name: 'Ada Obi', role: 'operator' });
  expect(made).toMatchObject({
    status: 201,
    body: { user_id: expect.stringMatching(/^usr_/), email: 'Ada@example.com', display_name: 'Ada Obi', role: 'operator', enabled: true },
  });
  const id = made.body.user_id;
  expect((await ask('GET', '/v1/users')).body.users.map((user: { user_id: string }) => user.user_id)).toEqual([id, owner]);
  expect((await ask('GET', '/v1/users?role=owner')).body.users).toMatchObject([{ user_id: owner }]);
  expect((await ask('PATCH', `/v1/users/${id}`, { role: 'viewer', enabled: false })).body).toMatchObject({
    role: 'viewer',
    enabled: false,
  });
  expect((await ask('GET', '/v1/users?enabled=false')).body.users).toMatchObject([{ user_id: id }]);
  expect(await ask('DELETE', `/v1/users/${id}`)).toMatchObject({ status: 200, body: { user_id: id } });
  expect(await ask('GET', `/v1/users/${id}`)).toMatchObject({ status: 404 });
  expect(await ask('DELETE', `/v1/users/${id}`)).toMatchObject({ status: 404 });
});

test('an e-mail address is taken once in a workspace, in any letter case, and is free in every other', async () => {
  const [{ ask, add }, other] = [await workspace(), await workspace()];
  await add('ada@example.com', 'operator');
  const second = await add('bo@example.com', 'operator');
  expect(await ask('POST', '/v1/users', { email: 'ADA@example.com', display_name: 'x', role: 'viewer' })).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
  expect(await ask('PATCH', `/v1/users/${second}`, { email: 'aDa@example.com' })).toMatchObject({ status: 409 });
  expect(await other.add('ada@example.com', 'viewer')).toMatch(/^usr_/);
  expect(await ask('POST', '/v1/users', { email: 'nobody', display_name: 'x', role: 'viewer' })).toMatchObject({
    status: 400,
    body: { errors: [{ path: '/email' }] },
  });
});

test('one owner always remains, also when two remove each other at the same moment', async () => {
  const { ask, add } = await workspace();
  const [a, b] = [await add('a@example.com', 'owner'), await add('b@example.com', 'owner')];
  const both = await Promise.all([ask('DELETE', `/v1/users/${a}`), ask('PATCH', `/v1/users/${b}`, { role: 'operator' })]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  expect(both.find((answer) => answer.status === 409)!.body.code).toBe('last_owner');
  const left = both[0]!.status === 409 ? a : b;
  for (const change of [{ enabled: false }, { role: 'viewer' }])
    expect(await ask('PATCH', `/v1/users/${left}`, change)).toMatchObject({ status: 409, body: { code: 'last_owner' } });
  expect((await ask('PATCH', `/v1/users/${left}`, { display_name: 'Still here' })).status).toBe(200);
});

test('what is asked in a person’s name is limited by their role, from the next request on', async () => {
  const { ask, add } = await workspace();
  const owner = await add('owner@example.com', 'owner');
  const operator = await add('operator@example.com', 'operator');
  const viewer = await add('viewer@example.com', 'viewer');
  const may = async (user: string) => ({
    read: (await ask('GET', '/v1/users', undefined, user)).status,
    // Past the guard it is refused for its body.
    write: (await ask('POST', '/v1/messages', {}, user)).status,
    admin: (await ask('POST', '/v1/users', {}, user)).status,
  });
  expect(await may(owner)).toEqual({ read: 200, write: 400, admin: 400 });
  expect(await may(operator)).toEqual({ read: 200, write: 400, admin: 403 });
  expect(await may(viewer)).toEqual({ read: 200, write: 403, admin: 403 });
  await ask('PATCH', `/v1/users/${operator}`, { role: 'viewer' });
  expect(await may(operator)).toEqual({ read: 200, write: 403, admin: 403 });
  await ask('PATCH', `/v1/users/${viewer}`, { enabled: false });
  expect(await may(viewer)).toEqual({ read: 403, write: 403, admin: 403 });
  await ask('DELETE', `/v1/users/${viewer}`);
  expect(await may(viewer)).toEqual({ read: 404, write: 404, admin: 404 });
});

test('a key gains nothing by naming an owner, and nobody is found in another workspace', async () => {
  const [mine, theirs] = [await workspace(), await workspace()];
  const stranger = await theirs.add('them@example.com', 'owner');
  // Just looked up there, so remembered.
  expect((await theirs.ask('GET', '/v1/users', undefined, stranger)).status).toBe(200);
  for (const user of [stranger, newId('user'), 'usr_1', 'x'])
    expect(await mine.ask('GET', '/v1/users', undefined, user)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  for (const [method, body] of [['GET'], ['PATCH', { display_name: 'x' }], ['DELETE']] as const)
    expect(await mine.ask(method, `/v1/users/${stranger}`, body)).toMatchObject({ status: 404 });

  const owner = await mine.add('me@example.com', 'owner');
  const { api_key: reader } = (await mine.ask('POST', '/v1/api-keys', { name: 'r', scopes: ['read'] })).body;
  const write = await call(bench.gateway, {
    path: '/v1/messages',
    method: 'POST',
    key: reader,
    body: {},
    headers: { 'baton-user': owner },
  });
  expect(write.status).toBe(403);
});

test('the person who took over stands in the mode history and on the message', async () => {
  const w = await makeWorkspace(bench);
  const ada = (await w.post('/v1/users', { email: 'ada@example.com', display_name: 'Ada Obi', role: 'operator' })).body.user_id;
  const conversation = await w.customerWrites('+15552000900');
  const sent = await w.post(`/v1/conversations/${conversation}/messages`, { body: 'Hello' }, { 'baton-user': ada });
  expect(sent.status).toBe(201);
  const { history } = (await w.get(`/v1/conversations/${conversation}/mode-history`)).body;
  expect(history[0]).toMatchObject({ to_mode: 'human', actor_user_id: ada, actor_kind: 'user' });
  const message = (await w.get(`/v1/messages/${sent.body.message_id}`)).body;
  expect(message.sender_name).toBe('Ada Obi');
  await w.post(`/v1/conversations/${conversation}/resume-ai`);
  const after = (await w.get(`/v1/conversations/${conversation}/mode-history`)).body.history;
  expect(after[0]).toMatchObject({ to_mode: 'ai', actor_user_id: null, actor_kind: 'api_key' });
});

test('a password has a place, and the role of the service cannot read it', async () => {
  await expect(bench.db.pool.query('select password_hash from access.users')).rejects.toThrow(/permission denied/);
});
