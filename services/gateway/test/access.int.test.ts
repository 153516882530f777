import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, call, partnerKey, startBench } from './support.ts';

let bench: Bench;
const workspaceId = newId('workspace');

beforeAll(async () => {
  bench = await startBench({ BATON_AUTH_FAILURES_BURST: '1000' });
});
afterAll(() => bench[Symbol.asyncDispose]());

const ticket = (key: string, headers: Record<string, string> = {}) =>
  call(bench.gateway, { path: '/v1/stream-tickets', method: 'POST', key, headers });

test('a request without a valid key is answered 401 with a problem, whatever it asks', async () => {
  for (const key of [undefined, 'nonsense', `pk_live_${'0'.repeat(32)}`, `Bearer pk_live_${'0'.repeat(32)}`]) {
    for (const path of ['/v1/conversations', '/v1/conversations/x', '/v1/stream', '/v1/dead-letters']) {
      const answer = await call(bench.gateway, { path, ...(key !== undefined && { key }) });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(answer.body).toMatchObject({
        code: 'unauthorized',
        status: 401,
        title: expect.any(String),
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    }
  }
});

test('a key works as Bearer and as X-Partner-Key, and every answer says how much is left of its rate', async () => {
  const key = await bench.key(workspaceId);
  const answer = await ticket(key);
  expect(answer.status).toBe(201);
  expect(answer.body.ticket).toMatch(/^tkt_[0-9A-Za-z]{32}$/);
  expect(Date.parse(answer.body.expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
  for (const name of ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'ratelimit', 'ratelimit-policy', 'x-request-id'])
    expect(answer.headers.get(name), name).toBeTruthy();
  expect((await call(bench.gateway, { path: '/v1/stream-tickets', method: 'POST', headers: { 'x-partner-key': key } })).status).toBe(201);
});

test('a key revoked in the database is refused soon after, though it was in use', async () => {
  const key = await bench.key(workspaceId);
  expect((await ticket(key)).status).toBe(201);
  await withOwner((owner) => owner.query('update access.api_keys set revoked_at = now() where workspace_id = $1', [workspaceId]));
  await eventually(
    () => ticket(key),
    (answer) => answer.status === 401,
  );
});

test('a key may do what its scopes say and no more', async () => {
  const key = await bench.key(newId('workspace'), ['read']);
  expect((await ticket(key)).status).toBe(201);
  const write = await call(bench.gateway, { path: '/v1/messages', method: 'POST', key, body: {} });
  expect(write).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

test('a workspace key reaches no other workspace, and a partner key names one', async () => {
  const key = await bench.key(newId('workspace'));
  expect((await ticket(key, { 'baton-workspace': newId('workspace') })).status).toBe(404);
  const unnamed = await ticket(partnerKey);
  expect(unnamed).toMatchObject({ status: 400, body: { errors: [{ path: 'Baton-Workspace' }] } });
  expect((await ticket(partnerKey, { 'baton-workspace': 'acc_1' })).status).toBe(404);
});

test('only a hash of a key is stored, and the role of the service sees no row of a workspace it did not name', async () => {
  const key = await bench.key(newId('workspace'));
  await withOwner(async (owner) => {
    const { rows } = await owner.query('select * from access.api_keys');
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(key.slice(8));
  });
  expect((await bench.db.pool.query('select * from access.api_keys')).rows).toEqual([]);
  expect((await bench.db.pool.query('select * from access.stream_tickets').catch((error) => error)).message).toMatch(/permission denied/);
});

test('with its tokens used up a key gets 429 and is told when to come back', async () => {
  await using small = await startBench({
    BATON_RATE_LIMIT_PER_SECOND: '1',
    BATON_RATE_LIMIT_BURST: '3',
    BATON_AUTH_FAILURES_BURST: '2',
    BATON_AUTH_FAILURES_PER_SECOND: '1',
  });
  const key = await small.key(workspaceId);
  const request = (withKey: string) => call(small.gateway, { path: '/v1/stream-tickets', method: 'POST', key: withKey });
  const refused = await eventually(
    () => request(key),
    (answer) => answer.status === 429,
    { everyMs: 0 },
  );
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('ratelimit-remaining')).toBe('0');
  expect(refused.body.code).toBe('rate_limited');

  let guess = 0;
  const stopped = await eventually(
    () => request(`pk_live_${String(guess++).padStart(32, '0')}`),
    (answer) => answer.status === 429,
    { everyMs: 0 },
  );
  expect(stopped.body.code).toBe('rate_limited');
});

test('rubbish at the edge of HTTP gets a problem: unknown path, wrong method, wrong type, broken JSON, a body too large', async () => {
  const key = await bench.key(newId('workspace'));
  const ask = (o: Omit<Parameters<typeof call>[1], 'key'>) => call(bench.gateway, { key, ...o });
  expect(await ask({ path: '/v1/nowhere' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await ask({ path: '/v1/conversations/%ff' })).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
  const wrong = await ask({ path: '/v1/conversations/conv_1', method: 'PUT', body: {} });
  expect(wrong).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
  expect(wrong.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PATCH');
  expect(await ask({ path: '/v1/messages', method: 'POST', body: '{"a":' })).toMatchObject({
    status: 400,
    body: { code: 'malformed_request' },
  });
  expect(await ask({ path: '/v1/messages', method: 'POST', body: '{"__proto__":{"a":1}}' })).toMatchObject({ status: 400 });
  const typed = await ask({ path: '/v1/messages', method: 'POST', body: 'a=1', headers: { 'content-type': 'text/plain' } });
  expect(typed).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  const large = await ask({ path: '/v1/messages', method: 'POST', body: JSON.stringify({ body: 'x'.repeat(1024 * 1024) }) });
  expect(large).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
});

test('a wrong body is refused field by field, an unknown field is named and never dropped', async () => {
  const key = await bench.key(newId('workspace'));
  const answer = await call(bench.gateway, {
    path: '/v1/messages',
    method: 'POST',
    key,
    body: { agent_id: 7, channel: 'pigeon', colour: 'red' },
  });
  expect(answer).toMatchObject({ status: 400, body: { code: 'validation_error' } });
  const paths = answer.body.errors.map((error: { path: string }) => error.path).sort();
  expect(paths).toEqual(['/agent_id', '/channel', '/colour', '/to_number']);
  const query = await call(bench.gateway, { path: '/v1/conversations?page_size=251', key });
  expect(query).toMatchObject({ status: 400, body: { errors: [{ path: 'page_size', message: 'must be <= 250' }] } });
  const token = await call(bench.gateway, { path: '/v1/conversations?page_token=made-up', key });
  expect(token).toMatchObject({ status: 400, body: { code: 'invalid_page_token' } });
  const nul = await call(bench.gateway, { path: '/v1/conversations?tag=a%00b', key });
  expect(nul).toMatchObject({ status: 400, body: { errors: [{ path: 'tag' }] } });
});

test('while conversation-state is away the answer is 503 with advice, not a fault', async () => {
  const key = await bench.key(newId('workspace'));
  const answer = await call(bench.gateway, { path: '/v1/conversations', key });
  expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect((await call(bench.gateway, { path: '/healthz' })).status).toBe(200);
  expect((await call(bench.gateway, { path: '/readyz' })).body.problems).toHaveProperty('conversation-state');
  expect((await call(bench.gateway, { path: '/metrics' })).body).toContain('baton_gateway_request_seconds');
});

async function withOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: bench.infra.postgres.urls.baton_owner });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
