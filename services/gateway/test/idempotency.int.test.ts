import { eventually } from '@baton/testkit/eventually.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayService } from '../src/service.ts';
import { startChild } from './children.ts';
import { type Bench, call, partnerKey, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;

beforeAll(async () => {
  bench = await startBench({ BATON_RATE_LIMIT_PER_SECOND: '100000', BATON_RATE_LIMIT_BURST: '100000' }, true);
  w = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

test('a hundred repeats at once send one message; the answer is stored and marked', async () => {
  const id = await w.customerWrites(newCustomer());
  const send = () => w.post(`/v1/conversations/${id}/messages`, { body: 'only once' }, { 'idempotency-key': 'k-1' });
  const answers = await Promise.all(Array.from({ length: 100 }, send));
  const fresh = answers.filter((answer) => answer.status === 201 && !answer.headers.get('idempotent-replayed'));
  expect(fresh).toHaveLength(1);
  for (const answer of answers) expect([201, 409]).toContain(answer.status);
  const replay = await send();
  expect(replay.headers.get('idempotent-replayed')).toBe('true');
  expect(replay.status).toBe(201);
  expect(replay.body).toEqual(fresh[0]!.body);
  expect((await w.get(`/v1/conversations/${id}/messages?author=human`)).body.messages).toHaveLength(1);
  const other = await w.post(`/v1/conversations/${id}/messages`, { body: 'another' }, { 'idempotency-key': 'k-1' });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  expect((await w.post(`/v1/conversations/${id}/messages`, { body: 'x' }, { 'idempotency-key': 'ü' })).status).toBe(400);
});

test('a refusal is an answer too, and a new API key is given again but lies nowhere in the open', async () => {
  const id = await w.customerWrites(newCustomer());
  await w.patch(`/v1/conversations/${id}`, { ai_mode: 'closed' });
  const send = () => w.post(`/v1/conversations/${id}/messages`, { body: 'x' }, { 'idempotency-key': 'k-2' });
  expect((await send()).status).toBe(409);
  const again = await send();
  expect(again).toMatchObject({ status: 409, body: { code: 'conversation_closed' } });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.headers.get('content-type')).toMatch(/^application\/problem\+json/);

  const make = () =>
    call(bench.gateway, {
      path: '/v1/workspaces',
      method: 'POST',
      key: partnerKey,
      body: { name: 'Once' },
      headers: { 'idempotency-key': 'w-1' },
    });
  const first = await make();
  expect((await make()).body).toEqual(first.body);
  const stored = JSON.stringify((await asOwner((owner) => owner.query('select * from access.idempotency'))).rows);
  expect(stored).not.toContain(first.body.api_key);
});

test('a key counts for one API key, one route and one body, and for 24 hours', async () => {
  const id = await w.customerWrites(newCustomer());
  const path = `/v1/conversations/${id}/messages`;
  const send = (body: unknown, o: { path?: string; key?: string } = {}) =>
    call(bench.gateway, { path: o.path ?? path, method: 'POST', key: o.key ?? w.key, body, headers: { 'idempotency-key': 'k-scope' } });
  const first = await send({ body: 'hello' });
  expect(first.status).toBe(201);
  expect(await send({ dispatch_pending: false }, { path: `/v1/conversations/${id}/resume-ai` })).toMatchObject({ status: 422 });
  const another = await send({ body: 'hello' }, { key: await bench.key(w.workspaceId) });
  expect([another.status, another.body.message_id === first.body.message_id]).toEqual([201, false]);
  await asOwner((owner) => owner.query("update access.idempotency set expires_at = now() where idempotency_key = 'k-scope'"));
  const later = await send({ body: 'something else' });
  expect([later.status, later.headers.get('idempotent-replayed')]).toEqual([201, null]);
  expect((await w.get(`${path}?author=human`)).body.messages).toHaveLength(3);
});

test('a key of nothing, of more than 255 characters or not of ASCII is refused before anything is done', async () => {
  const id = await w.customerWrites(newCustomer());
  const path = `/v1/conversations/${id}/messages`;
  for (const key of ['', 'x'.repeat(256), 'ü', 'a\tb'])
    expect(await w.post(path, { body: 'x' }, { 'idempotency-key': key }), key).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'Idempotency-Key' }] },
    });
  expect((await w.get(`${path}?author=human`)).body.messages).toEqual([]);
});

test('who asks while the first request is running is told to come back, and a repeat has the headers of the first answer', async () => {
  const id = await w.customerWrites(newCustomer());
  await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' });
  const resume = () => w.post(`/v1/conversations/${id}/resume-ai`, {}, { 'idempotency-key': 'k-resume' });
  await using held = await holdAnswers();
  const first = resume();
  await held.waiting(1);
  const meanwhile = await resume();
  expect(meanwhile).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
  expect(meanwhile.headers.get('retry-after')).toBe('1');
  await held.letGo();
  const answer = await first;
  const replay = await resume();
  expect(replay).toMatchObject({ status: 200, body: answer.body });
  for (const name of ['etag', 'content-type']) expect(replay.headers.get(name)).toBe(answer.headers.get(name));
  expect(replay.headers.get('etag')).toBeTruthy();
});

test('an answer too long to be kept is given again by the command, not by a second one', async () => {
  const id = await w.customerWrites(newCustomer());
  const send = () => w.post(`/v1/conversations/${id}/messages`, { body: '語'.repeat(60_000) }, { 'idempotency-key': 'k-long' });
  const [first, second] = [await send(), await send()];
  expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 201, null]);
  expect(second.body.message_id).toBe(first.body.message_id);
  expect((await w.get(`/v1/conversations/${id}/messages?author=human`)).body.messages).toHaveLength(1);
});

test('a gateway killed between the effect and its answer: whoever repeats has one effect, and is told of it', async () => {
  const cases = await crashes();
  const send = (gateway: GatewayService, { path, body }: (typeof cases)[number]) =>
    call(gateway, { path, method: 'POST', key: w.key, body, headers: { 'idempotency-key': `crash ${path}` } });

  await using held = await holdAnswers();
  {
    await using child = await startChild('gateway', bench.infra, { state: bench.state!.address });
    const doomed = { url: `http://${child.address}`, port: 0, [Symbol.asyncDispose]: async () => undefined };
    const lost = Promise.allSettled(cases.map((one) => send(doomed, one)));
    await held.waiting(cases.length);
    await child.kill9();
    expect((await lost).map(({ status }) => status)).toEqual(cases.map(() => 'rejected'));
  }
  await held.abandon();
  for (const one of cases) {
    expect([one.path, await one.effects()]).toEqual([one.path, 1]);
    // Nobody knows yet that the first has died.
    expect(await send(bench.gateway, one)).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
  }
  await asOwner((owner) => owner.query("update access.idempotency set leased_until = now() where idempotency_key like 'crash %'"));
  for (const one of cases) {
    const taken = await send(bench.gateway, one);
    expect([one.path, taken.status < 300, taken.headers.get('idempotent-replayed')]).toEqual([one.path, true, null]);
    expect(taken.body[one.proof]).toBeTruthy();
    const replay = await send(bench.gateway, one);
    expect([replay.headers.get('idempotent-replayed'), replay.body]).toEqual(['true', taken.body]);
    expect([one.path, await one.effects()]).toEqual([one.path, 1]);
  }
  const { api_key: shown } = (await send(bench.gateway, cases.at(-1)!)).body;
  expect((await call(bench.gateway, { path: '/v1/agents', key: shown })).status).toBe(200);
});

/** Requests that bring something about, how often they have, and what their answer must show. */
async function crashes() {
  const [talk, resumed] = [await w.customerWrites(newCustomer()), await w.customerWrites(newCustomer())];
  await w.patch(`/v1/conversations/${resumed}`, { ai_mode: 'human' });
  const rows = async (path: string, list: string): Promise<Record<string, unknown>[]> => (await w.get(path)).body[list];
  return [
    {
      path: `/v1/conversations/${talk}/messages`,
      body: { body: 'crashed' },
      proof: 'message_id',
      effects: async () => (await rows(`/v1/conversations/${talk}/messages?author=human`, 'messages')).length,
    },
    {
      path: `/v1/conversations/${resumed}/resume-ai`,
      body: {},
      proof: 'changed',
      effects: async () =>
        (await rows(`/v1/conversations/${resumed}/mode-history`, 'history')).filter((row) => row['to_mode'] === 'ai').length,
    },
    {
      path: '/v1/agents',
      body: { display_name: 'Crashed', backend: { kind: 'none' } },
      proof: 'agent_id',
      effects: async () => (await rows('/v1/agents?page_size=250', 'agents')).filter((agent) => agent['display_name'] === 'Crashed').length,
    },
    {
      path: '/v1/api-keys',
      body: { name: 'Crashed', scopes: ['read'] },
      proof: 'api_key_id',
      effects: async () => (await rows('/v1/api-keys', 'api_keys')).filter((key) => key['name'] === 'Crashed').length,
    },
  ];
}

/** Makes every gateway wait before it stores an answer: that is where it can die with the effect done and nothing said. */
async function holdAnswers() {
  const owner = new pg.Client({ connectionString: bench.infra.postgres.urls.baton_owner });
  await owner.connect();
  await owner.query('select pg_advisory_lock(4711)');
  // By statement: a trigger of the row would hold its lock, and with it whoever claims the same key. A claim is an insert, though it updates too.
  await owner.query(`create or replace function access.hold() returns trigger language plpgsql as
    $$ begin if current_query() like 'update %' then perform pg_advisory_xact_lock(4711); end if; return null; end $$`);
  await owner.query('create trigger hold before update on access.idempotency for each statement execute function access.hold()');
  const waiters = async () =>
    (await owner.query<{ pid: number }>("select pid from pg_locks where locktype = 'advisory' and objid = 4711 and not granted")).rows;
  const letGo = async () => {
    await owner.query('select pg_advisory_unlock_all()');
    // Waits for the last of those who were held.
    await owner.query('drop trigger if exists hold on access.idempotency');
  };
  return {
    waiting: (wanted: number) => eventually(waiters, (found) => found.length === wanted, { what: `${wanted} answers to be held` }),
    letGo,
    /** Ends those who wait for good: their gateway is dead, but Postgres would go on for them. */
    abandon: async () => {
      await connected(bench.infra.postgres.superUrl, async (admin) => {
        for (const { pid } of await waiters()) await admin.query('select pg_terminate_backend($1)', [pid]);
      });
      await eventually(waiters, (found) => found.length === 0);
      await letGo();
    },
    [Symbol.asyncDispose]: async () => {
      await letGo();
      await owner.end();
    },
  };
}

function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  return connected(bench.infra.postgres.urls.baton_owner, work);
}

async function connected<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
