import { eventually } from '@baton/testkit/eventually.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from '../src/service.ts';
import { touchSessions } from '../src/store/sessions.ts';
import { Person } from './person.ts';
import { SseClient } from './sse-client.ts';
import { type Bench, call, ready, startBench } from './support.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;
beforeAll(async () => {
  bench = await startBench({ BATON_AUTH_FAILURES_BURST: '10000', BATON_TRUST_PROXY: '1' }, true);
  w = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

let people = 0;

/** A new member of the workspace. */
async function member(role = 'operator', at = w) {
  const email = `person${++people}@example.com`;
  const { user_id } = (await at.post('/v1/users', { email, display_name: `Person ${people}`, role })).body;
  return { email, user_id: user_id as string };
}

const linkFor = async (userId: string, at = w) => (await at.post(`/v1/users/${userId}/sign-in-links`)).body;

/** Somebody new who is signed in by a link. */
async function signedIn(role = 'operator', at = w) {
  const user = await member(role, at);
  const person = new Person(bench.gateway);
  expect((await person.signIn({ one_time_token: (await linkFor(user.user_id, at)).token })).status).toBe(201);
  return Object.assign(person, user);
}

async function owner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: bench.infra.postgres.urls.baton_owner });
  await client.connect();
  return work(client).finally(() => client.end());
}

test('a link signs in once: the answer says who it is, the cookie is out of reach of scripts, and nothing stored is of use to a thief', async () => {
  const user = await member('owner');
  const link = await linkFor(user.user_id);
  expect(link.url).toBe(`http://127.0.0.1:4000/sign-in#token=${link.token}`);
  expect(Date.parse(link.expires_at) - Date.now()).toBeLessThanOrEqual(600_000);
  const person = new Person(bench.gateway);
  const answer = await person.signIn({ one_time_token: link.token });
  expect(answer).toMatchObject({
    status: 201,
    body: {
      user: { user_id: user.user_id, email: user.email, has_password: false },
      workspace: { workspace_id: w.workspaceId, name: 'Trattoria' },
      role: 'owner',
    },
  });
  expect(answer.headers.get('set-cookie')).toMatch(/^baton_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  expect((await person.ask('GET', '/v1/sessions/current')).body).toEqual({
    ...answer.body,
    user: { ...answer.body.user, last_signed_in_at: expect.any(String) },
    expires_at: expect.any(String),
  });
  expect((await new Person(bench.gateway).signIn({ one_time_token: link.token })).status).toBe(401);
  const stored = await owner(async (client) =>
    JSON.stringify([
      (await client.query('select * from access.sessions')).rows,
      (await client.query('select * from access.one_time_tokens')).rows,
    ]),
  );
  for (const secret of [person.cookie.split('=')[1]!, answer.body.csrf_token, (await linkFor(user.user_id)).token])
    expect(stored).not.toContain(secret);
  await expect(bench.db.pool.query('select token_hash from access.sessions')).rejects.toThrow(/permission denied/);
  await expect(bench.db.pool.query('select * from access.sign_in_attempts')).rejects.toThrow(/permission denied/);
});

test('a link is refused when it is old, of another kind or of somebody who is switched off, and nobody who is signed in makes one', async () => {
  const user = await member();
  const [old, off] = [await linkFor(user.user_id), await linkFor(user.user_id)];
  const invitation = (await w.post(`/v1/users/${user.user_id}/invite`)).body;
  await owner((client) =>
    client.query(`update access.one_time_tokens set expires_at = now() where token_hash = sha256($1::text::bytea)`, [old.token]),
  );
  const tries = (token: string) => new Person(bench.gateway).signIn({ one_time_token: token });
  for (const token of [old.token, invitation.token, `ott_${'0'.repeat(32)}`, 'x', ''])
    expect([token, (await tries(token)).status]).toEqual([token, 401]);
  await w.patch(`/v1/users/${user.user_id}`, { enabled: false });
  expect((await tries(off.token)).status).toBe(401);
  expect((await w.post(`/v1/users/${user.user_id}/sign-in-links`)).status).toBe(409);
  const boss = await signedIn('owner');
  expect((await boss.ask('POST', `/v1/users/${boss.user_id}/sign-in-links`, {})).status).toBe(403);
  expect((await boss.ask('POST', `/v1/users/${boss.user_id}/invite`, {})).status).toBe(201);
});

const password = 'lantern cupboard ferry';

/** Somebody with a password, set by the link of an invitation. */
async function withPassword(role = 'operator', at = w) {
  const user = await member(role, at);
  const { token } = (await at.post(`/v1/users/${user.user_id}/invite`)).body;
  const person = new Person(bench.gateway);
  expect((await person.post('/v1/sessions/password', { token, password })).status).toBe(201);
  return Object.assign(person, user);
}

test('an invitation sets a password, which signs in; a poor one is refused and leaves the invitation good', async () => {
  const user = await member();
  const invite = async () => (await w.post(`/v1/users/${user.user_id}/invite`)).body;
  const [replaced, link] = [await invite(), await invite()];
  expect(link.url).toBe(`http://127.0.0.1:4000/set-password#token=${link.token}`);
  const person = new Person(bench.gateway);
  const set = (token: string, given: string) => person.post('/v1/sessions/password', { token, password: given });
  expect((await set(replaced.token, password)).status).toBe(401);
  for (const poor of ['short', 'Password1234!', user.email])
    expect(await set(link.token, poor)).toMatchObject({ status: 400, body: { errors: [{ path: '/password' }] } });
  expect(await set(link.token, password)).toMatchObject({ status: 201, body: { user: { user_id: user.user_id, has_password: true } } });
  expect((await set(link.token, 'another cupboard ferry')).status).toBe(401);
  expect(await new Person(bench.gateway).signIn({ email: user.email.toUpperCase(), password })).toMatchObject({ status: 201 });
  expect(await new Person(bench.gateway).signIn({ email: user.email })).toMatchObject({ status: 400 });
  // A reset: whoever is signed in is no longer.
  expect(await set((await invite()).token, 'another cupboard ferry')).toMatchObject({ status: 201 });
  expect(await new Person(bench.gateway).signIn({ email: user.email, password })).toMatchObject({ status: 401 });
});

test('a wrong password and an unknown address are told apart by nothing, and after five of either everything waits, from that address', async () => {
  const known = await withPassword();
  const from = (ip: string) => new Person(bench.gateway, { 'x-forwarded-for': ip });
  const words = async (email: string, ip: string, given = 'wrong wrong wrong') => {
    const { status, body, headers } = await from(ip).signIn({ email, password: given });
    const { trace_id, detail, ...said } = body;
    return { status, said, detail, wait: Number(headers.get('retry-after')) };
  };
  const refusals = [];
  for (const email of [known.email, 'nobody@example.com']) {
    const answers = [];
    // All at once: no more of them are compared than one after the other.
    for (const answer of await Promise.all(Array.from({ length: 8 }, () => words(email, '203.0.113.7')))) answers.push(answer.status);
    expect(answers.sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    const locked = await words(email, '203.0.113.7', password);
    expect(locked.wait).toBeGreaterThan(0);
    expect(locked.wait).toBeLessThanOrEqual(15);
    refusals.push({ ...locked, wait: 0, detail: '' }, await words(email, '203.0.113.9'));
  }
  expect(refusals.slice(2)).toEqual(refusals.slice(0, 2));
  // From elsewhere the person gets in all the while; once the wait is over here, too, and begins anew.
  expect((await words(known.email, '198.51.100.1', password)).status).toBe(201);
  await owner((client) => client.query(`update access.sign_in_attempts set locked_until = now()`));
  expect(await words(known.email, '203.0.113.7')).toMatchObject({ status: 401 });
  const again = await words(known.email, '203.0.113.7', password);
  expect(again.status).toBe(429);
  expect(again.wait).toBeGreaterThan(15);
  await owner((client) => client.query(`update access.sign_in_attempts set locked_until = now()`));
  expect((await words(known.email, '203.0.113.7', password)).status).toBe(201);
  expect((await words(known.email, '203.0.113.7')).status).toBe(401);
  expect((await words(known.email, '203.0.113.7', password)).status).toBe(201);
});

test('one’s own password is changed with the present one, which ends all other sessions; who has none is told so', async () => {
  const person = await withPassword();
  const elsewhere = new Person(bench.gateway);
  await elsewhere.signIn({ email: person.email, password });
  const before = person.cookie;
  const change = (current_password: string, new_password: string) =>
    person.post('/v1/sessions/current/password', { current_password, new_password });
  expect((await change('wrong wrong wrong', 'window kettle marble')).status).toBe(403);
  expect(await change(password, 'short')).toMatchObject({ status: 400, body: { errors: [{ path: '/new_password' }] } });
  expect((await change(password, 'window kettle marble')).status).toBe(200);
  expect(person.cookie).not.toBe(before);
  expect([await person.status(), await elsewhere.status()]).toEqual([200, 401]);
  expect((await elsewhere.signIn({ email: person.email, password: 'window kettle marble' })).status).toBe(201);
  const bare = await signedIn();
  const body = { current_password: password, new_password: 'window kettle marble' };
  expect((await bare.ask('POST', '/v1/sessions/current/password', body)).status).toBe(409);
});

test('a password hashed by other parameters is hashed anew when it is used', async () => {
  const person = await withPassword();
  // Of the same password, at a thirtieth of the cost.
  const { argon2Sync } = await import('node:crypto');
  const nonce = Buffer.alloc(16, 5);
  const tag = argon2Sync('argon2id', { message: password, nonce, parallelism: 1, tagLength: 32, memory: 640, passes: 1 });
  const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const cheap = `$argon2id$v=19$m=640,t=1,p=1$${bare(nonce)}$${bare(tag)}`;
  const stored = () =>
    owner(
      async (client) =>
        (await client.query('select password_hash from access.users where user_id = $1', [person.user_id])).rows[0].password_hash,
    );
  await owner((client) => client.query('update access.users set password_hash = $1 where user_id = $2', [cheap, person.user_id]));
  expect((await new Person(bench.gateway).signIn({ email: person.email, password })).status).toBe(201);
  expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,/);
  expect(await person.status()).toBe(200);
});

test('who is known in two workspaces gets into the one whose password it is, or the one that is named', async () => {
  const other = await makeWorkspace(bench);
  const here = await withPassword();
  const user = (await other.post('/v1/users', { email: here.email, display_name: 'P', role: 'viewer' })).body.user_id;
  const { token } = (await other.post(`/v1/users/${user}/invite`)).body;
  await new Person(bench.gateway).post('/v1/sessions/password', { token, password: 'window kettle marble' });
  const into = async (body: object) =>
    (await new Person(bench.gateway).signIn({ email: here.email, ...body })).body.workspace?.workspace_id;
  expect(await into({ password })).toBe(w.workspaceId);
  expect(await into({ password: 'window kettle marble' })).toBe(other.workspaceId);
  expect(await into({ password, workspace_id: w.workspaceId })).toBe(w.workspaceId);
  expect(await into({ password, workspace_id: other.workspaceId })).toBeUndefined();
});

test('by cookie nothing is changed without the session’s own token and from no other page; reading needs neither', async () => {
  const person = await signedIn('owner');
  const write = async (headers: Record<string, string>) =>
    (await person.ask('POST', '/v1/canned-replies', { shortcut: `s${++people}`, title: 'T', text: 'T' }, headers)).status;
  const stranger = await signedIn('owner');
  for (const token of ['', 'x', stranger.session.csrf_token, person.cookie.split('=')[1]!])
    expect(await write({ 'x-csrf-token': token })).toBe(403);
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1'])
    expect([origin, await write({ origin })]).toEqual([origin, 403]);
  for (const site of ['cross-site', 'same-site']) expect(await write({ 'sec-fetch-site': site })).toBe(403);
  expect(await write({ origin: 'http://127.0.0.1:4000', 'sec-fetch-site': 'same-origin' })).toBe(201);
  expect(await write({ origin: bench.gateway.url })).toBe(201);
  expect((await person.ask('GET', '/v1/canned-replies', undefined, { 'x-csrf-token': '' })).status).toBe(200);
  // Nor does another page sign anybody in.
  const { token } = await linkFor(person.user_id);
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
    const body = { one_time_token: token };
    expect((await call(bench.gateway, { path: '/v1/sessions', method: 'POST', body, headers })).status).toBe(403);
  }
});

test('a cookie that somebody else has chosen is never taken on, and signing in again ends the session before', async () => {
  const person = new Person(bench.gateway);
  const user = await member();
  const planted = `baton_session=${'A'.repeat(43)}`;
  person.cookie = planted;
  await person.signIn({ one_time_token: (await linkFor(user.user_id)).token });
  expect(person.cookie).not.toBe(planted);
  const before = Object.assign(new Person(bench.gateway), { cookie: person.cookie });
  expect(await before.status()).toBe(200);
  await person.signIn({ one_time_token: (await linkFor(user.user_id)).token });
  expect([await before.status(), await person.status()]).toEqual([401, 200]);
});

test('what somebody may do follows from their role, in their workspace alone; a key beside the cookie counts, be it wrong', async () => {
  const other = await makeWorkspace(bench);
  const may = async (role: string) => {
    const person = await signedIn(role);
    return [
      await person.status('/v1/users'),
      (await person.ask('POST', '/v1/messages', {})).status,
      (await person.ask('POST', '/v1/agents', {})).status,
      (await person.ask('POST', '/v1/workspaces', { name: 'x' })).status,
    ];
  };
  // Past the guard it is refused for its body.
  expect(await may('viewer')).toEqual([200, 403, 403, 403]);
  expect(await may('operator')).toEqual([200, 400, 403, 403]);
  expect(await may('owner')).toEqual([200, 400, 400, 403]);

  const person = await signedIn('owner');
  const get = async (path: string, headers: Record<string, string>) => (await person.ask('GET', path, undefined, headers)).status;
  expect(await get(`/v1/agents/${other.agentId}`, {})).toBe(404);
  expect(await get('/v1/agents', { 'baton-workspace': other.workspaceId })).toBe(404);
  expect(await get('/v1/agents', { 'baton-workspace': w.workspaceId })).toBe(200);
  expect(await get('/v1/agents', { 'baton-user': person.user_id })).toBe(400);
  expect(await get(`/v1/agents/${other.agentId}`, { authorization: `Bearer ${other.key}` })).toBe(200);
  for (const header of [{ authorization: 'Bearer nonsense' }, { authorization: 'Basic eDp5' }, { 'x-partner-key': 'x' }] as Record<
    string,
    string
  >[])
    expect(await get('/v1/agents', header)).toBe(401);
  expect(await get('/dialects/desk/conversations', {})).toBe(401);
  expect((await w.get('/v1/sessions/current')).status).toBe(403);
  // Nothing is offered that there is not.
  expect((await person.ask('GET', '/v1/sessions/options')).body).toEqual({ oidc: null });
  for (const path of ['start', 'callback']) expect(await person.status(`/v1/sessions/oidc/${path}`)).toBe(404);
});

test('a session ends at once when the person signs out, is switched off, deleted, or gets another role, address or password', async () => {
  const boss = await signedIn('owner');
  const ends: Record<string, (p: Awaited<ReturnType<typeof signedIn>>) => Promise<unknown>> = {
    'signing out': (p) => p.ask('DELETE', '/v1/sessions/current'),
    'being signed out': (p) => boss.ask('DELETE', `/v1/sessions/${p.session.session_id}`),
    'by key': (p) => call(bench.gateway, { path: `/v1/sessions/${p.session.session_id}`, method: 'DELETE', key: w.key }),
    'switched off': (p) => w.patch(`/v1/users/${p.user_id}`, { enabled: false }),
    'another role': (p) => w.patch(`/v1/users/${p.user_id}`, { role: 'viewer' }),
    'another address': (p) => w.patch(`/v1/users/${p.user_id}`, { email: `new${p.email}` }),
    deleted: (p) => boss.ask('DELETE', `/v1/users/${p.user_id}`),
  };
  for (const [what, end] of Object.entries(ends)) {
    const person = await signedIn();
    expect(await person.status()).toBe(200);
    await end(person);
    expect([what, await person.status()]).toEqual([what, 401]);
  }
  const renamed = await signedIn();
  await w.patch(`/v1/users/${renamed.user_id}`, { display_name: 'Only another name' });
  expect((await renamed.ask('GET', '/v1/sessions/current')).body.user.display_name).toBe('Only another name');
});

test('everybody sees and ends their own sessions, an owner those of all', async () => {
  const [person, other, boss] = [await signedIn(), await signedIn(), await signedIn('owner')];
  const second = new Person(bench.gateway, { 'user-agent': 'A phone' });
  await second.signIn({ one_time_token: (await linkFor(person.user_id)).token });
  const mine = (await person.ask('GET', '/v1/sessions')).body.sessions;
  expect(mine).toMatchObject([
    { session_id: second.session.session_id, user_agent: 'A phone', is_current: false, method: 'one_time_link' },
    { session_id: person.session.session_id, user_id: person.user_id, is_current: true },
  ]);
  expect((await person.ask('GET', `/v1/sessions?user_id=${other.user_id}`)).status).toBe(403);
  expect((await person.ask('DELETE', `/v1/sessions/${other.session.session_id}`)).status).toBe(404);
  expect((await boss.ask('GET', `/v1/sessions?user_id=${person.user_id}`)).body.sessions).toHaveLength(2);
  expect((await w.get('/v1/sessions?page_size=250')).body.sessions.length).toBeGreaterThan(3);
  expect((await person.ask('DELETE', `/v1/sessions/${second.session.session_id}`)).status).toBe(200);
  expect([await second.status(), await person.status(), await other.status()]).toEqual([401, 200, 200]);
});

test('a session grows old by the clock, and unused before that; use keeps it, listening does not', async () => {
  const [idle, absolute, used] = [await signedIn(), await signedIn(), await signedIn()];
  const set = (column: string, value: string, person: { session: { session_id: string } }) =>
    owner((client) => client.query(`update access.sessions set ${column} = ${value} where session_id = $1`, [person.session.session_id]));
  await set('idle_expires_at', `now() + interval '1 second'`, used);
  await touchSessions(bench.db.db, [used.session.session_id], 3600);
  const left = `idle_expires_at > now() + interval '50 minutes' as fresh`;
  const [row] = await owner(
    async (client) => (await client.query(`select ${left} from access.sessions where session_id = $1`, [used.session.session_id])).rows,
  );
  expect(row).toEqual({ fresh: true });
  await set('idle_expires_at', 'now()', idle);
  await set('expires_at', 'now()', absolute);
  // What is over is not brought back by a use that was noted late.
  await touchSessions(bench.db.db, [idle.session.session_id], 3600);
  for (const person of [idle, absolute])
    await eventually(
      () => person.status(),
      (status) => status === 401,
    );
  expect(await used.status()).toBe(200);
});

test('a stream opens by cookie or by ticket, and ends the moment the session does', async () => {
  const person = await signedIn();
  const { ticket } = (await person.ask('POST', '/v1/stream-tickets', {})).body;
  await using byCookie = await SseClient.open(`${bench.gateway.url}/v1/stream`, { cookie: person.cookie });
  await using byTicket = await SseClient.open(`${bench.gateway.url}/v1/stream?token=${ticket}`);
  expect([byCookie.status, byTicket.status]).toEqual([200, 200]);
  await bench.event({ workspaceId: w.workspaceId, conversationId: 'conv_x', text: 'hear' });
  for (const stream of [byCookie, byTicket])
    await eventually(
      () => stream.frames.length,
      (count) => count > 0,
    );
  await person.ask('DELETE', '/v1/sessions/current');
  await Promise.all([byCookie.ended, byTicket.ended]);
});

test('it ends at once in every instance, and so do the streams there', async () => {
  const person = await signedIn();
  await using other = await startService(bench.config);
  await ready(other);
  const there = () => call(other, { path: '/v1/sessions/current', headers: { cookie: person.cookie } });
  expect((await there()).status).toBe(200);
  await using stream = await SseClient.open(`${other.url}/v1/stream`, { cookie: person.cookie });
  expect(stream.status).toBe(200);
  let over = false;
  void stream.ended.then(() => {
    over = true;
  });
  await person.ask('DELETE', '/v1/sessions/current');
  await eventually(
    () => over,
    (ended) => ended,
  );
  expect((await there()).status).toBe(401);
});

test('the audit log and the mode history name the person, and the session', async () => {
  const person = await signedIn();
  const conversation = await w.customerWrites('+15552000901');
  expect((await person.ask('POST', `/v1/conversations/${conversation}/messages`, { body: 'Hello' })).status).toBe(201);
  const { history } = (await w.get(`/v1/conversations/${conversation}/mode-history`)).body;
  expect(history[0]).toMatchObject({ to_mode: 'human', actor_user_id: person.user_id, actor_kind: 'user' });
  const { entries } = (await w.get(`/v1/audit-log?actor_id=${person.user_id}`)).body;
  expect(entries.map((entry: { operation: string }) => entry.operation)).toEqual(['sendMessage', 'createSession']);
  expect(entries[0]).toMatchObject({ user_id: person.user_id, api_key_id: person.session.session_id });
  expect(entries[1]).toMatchObject({ changed_fields: ['one_time_token'], status: 201 });
});
