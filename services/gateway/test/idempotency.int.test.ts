import { afterAll, beforeAll, expect, test } from 'vitest';
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
  const { default: pg } = await import('pg');
  const owner = new pg.Client({ connectionString: bench.infra.postgres.urls.baton_owner });
  await owner.connect();
  const stored = JSON.stringify((await owner.query('select * from access.idempotency')).rows);
  await owner.end();
  expect(stored).not.toContain(first.body.api_key);
});

test('a request whose process died is taken over with the same command id: one effect', async () => {
  const id = await w.customerWrites(newCustomer());
  const send = () => w.post(`/v1/conversations/${id}/messages`, { body: 'crashed' }, { 'idempotency-key': 'k-3' });
  const first = await send();
  const { default: pg } = await import('pg');
  const owner = new pg.Client({ connectionString: bench.infra.postgres.urls.baton_owner });
  await owner.connect();
  // As if the process had died after the effect and before the answer was stored.
  await owner.query("update access.idempotency set status = null, answer = null where idempotency_key = 'k-3'");
  expect(await send()).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
  await owner.query("update access.idempotency set leased_until = now() where idempotency_key = 'k-3'");
  await owner.end();
  const taken = await send();
  expect(taken.headers.get('idempotent-replayed')).toBeNull();
  expect(taken.body.message_id).toBe(first.body.message_id);
  expect((await w.get(`/v1/conversations/${id}/messages?author=human`)).body.messages).toHaveLength(1);
});
