import { newId } from '@baton/contracts/ids.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clearAudit } from '../src/store/audit.ts';
import { type Bench, call, partnerKey, startBench } from './support.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;
beforeAll(async () => {
  bench = await startBench({}, true);
  w = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

const log = async (query = '') => (await w.get(`/v1/audit-log${query}`)).body.entries;

test('a write is on record when its answer arrives: who, what, which fields, but no value', async () => {
  const ada = (await w.post('/v1/users', { email: 'ada@example.com', display_name: 'Ada', role: 'owner' })).body.user_id;
  const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
  const answer = await call(bench.gateway, {
    path: `/v1/agents/${w.agentId}`,
    method: 'PATCH',
    key: w.key,
    body: { display_name: 'Canary Name', backend: { kind: 'webhook', url: 'https://canary.example.com/x', secret } },
    headers: { 'baton-user': ada },
  });
  expect(answer.status).toBe(200);
  const [entry] = await log();
  expect(entry).toEqual({
    audit_id: expect.stringMatching(/^aud_/),
    created_at: expect.any(String),
    operation: 'updateAgent',
    api_key_id: expect.stringMatching(/^key_/),
    user_id: ada,
    partner_id: null,
    ip: '127.0.0.1',
    target_ids: [w.agentId],
    changed_fields: ['display_name', 'backend.kind', 'backend.url', 'backend.secret'],
    status: 200,
    code: null,
    request_id: answer.headers.get('x-request-id'),
  });
  for (const value of ['Canary', 'canary', secret]) expect(JSON.stringify(await log())).not.toContain(value);
});

test('what customers and operators write is not in it, nor anybody’s number', async () => {
  const sent = await w.post('/v1/messages', { agent_id: w.agentId, channel: 'sms', to_number: '+15550177', body: 'Canary text' });
  expect(sent.status).toBeLessThan(300);
  const [entry] = await log();
  expect(entry).toMatchObject({
    operation: 'sendToAddress',
    target_ids: expect.arrayContaining([sent.body.message_id, sent.body.conversation_id]),
  });
  expect(entry.changed_fields.sort()).toEqual(['agent_id', 'body', 'channel', 'to_number']);
  expect(JSON.stringify(entry)).not.toMatch(/Canary|0177/);
});

test('a refused attempt at what only administrators do is on record, another refusal is not, and both are counted', async () => {
  const { api_key: reader, api_key_id: readerId } = (await w.post('/v1/api-keys', { name: 'r', scopes: ['read'] })).body;
  const as = (method: string, path: string, body: unknown) => call(bench.gateway, { path, method, key: reader, body });
  expect((await as('POST', '/v1/agents', { display_name: 'Mine' })).status).toBe(403);
  expect((await as('POST', '/v1/messages', { body: 'x' })).status).toBe(403);
  expect((await w.patch(`/v1/agents/${newId('agent')}`, { enabled: false })).status).toBe(404);
  expect((await w.post(`/v1/conversations/${newId('conversation')}/messages`, { body: 'x' })).status).toBe(404);
  expect(await log(`?actor_id=${readerId}`)).toMatchObject([
    { operation: 'createAgent', status: 403, code: 'forbidden', api_key_id: readerId },
  ]);
  expect((await log())[0]).toMatchObject({ operation: 'updateAgent', status: 404, code: 'not_found' });
  const { body: metrics } = await call(bench.gateway, { path: '/metrics' });
  const counted = (operation: string, status: string) =>
    metrics.includes(`baton_gateway_writes_refused_total{operation="${operation}",status="${status}"`);
  expect(counted('sendToAddress', '403')).toBe(true);
  expect(counted('sendMessage', '404')).toBe(true);
});

test('reading is not on record, and a repeat of a request is the same entry', async () => {
  const before = (await log()).length;
  await w.get('/v1/agents');
  const headers = { 'idempotency-key': 'audited-once' };
  await w.post('/v1/stream-tickets', {}, headers);
  expect((await w.post('/v1/stream-tickets', {}, headers)).headers.get('idempotent-replayed')).toBe('true');
  const entries = await log();
  expect(entries).toHaveLength(before + 1);
  expect(entries[0].operation).toBe('createStreamTicket');
});

test('it is filtered by actor, operation, target and time, and paged without repeat or gap', async () => {
  const channel = (await w.patch(`/v1/channels/${w.channelId}`, { enabled: true })).body;
  const [entry] = await log(`?target_id=${w.channelId}`);
  expect(entry).toMatchObject({ operation: 'updateChannel', target_ids: expect.arrayContaining([channel.channel_account_id]) });
  expect((await log('?operation=updateChannel')).map((one: { audit_id: string }) => one.audit_id)).toEqual([entry.audit_id]);
  expect(await log(`?until=${encodeURIComponent(entry.created_at)}&operation=updateChannel`)).toEqual([]);
  expect(await log(`?since=${encodeURIComponent(entry.created_at)}&operation=updateChannel`)).toHaveLength(1);
  expect(await log(`?actor_id=${newId('user')}`)).toEqual([]);
  const all = (await log('?page_size=250')).map((one: { audit_id: string }) => one.audit_id);
  const paged: string[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page = await w.get(`/v1/audit-log?page_size=3${token && `&page_token=${encodeURIComponent(token)}`}`);
    paged.push(...page.body.entries.map((one: { audit_id: string }) => one.audit_id));
    token = page.body.next_page_token;
  }
  expect(paged).toEqual(all);
});

test('a partner finds what was about no workspace in its own log, and no workspace finds another’s', async () => {
  const ask = (path: string, headers: Record<string, string> = {}) => call(bench.gateway, { path, key: partnerKey, headers });
  const mine = (await ask('/v1/audit-log?operation=createWorkspace')).body.entries;
  expect(mine).toMatchObject([{ operation: 'createWorkspace', target_ids: [w.workspaceId], partner_id: expect.stringMatching(/^ptr_/) }]);
  const inside = await ask('/v1/audit-log?operation=createAgent', { 'baton-workspace': w.workspaceId });
  expect(inside.body.entries.length).toBeGreaterThan(0);
  const other = await makeWorkspace(bench);
  const theirs = (await other.get('/v1/audit-log')).body.entries;
  expect(JSON.stringify(theirs)).not.toContain(w.agentId);
  const { api_key: writer } = (await w.post('/v1/api-keys', { name: 'w', scopes: ['read', 'write'] })).body;
  expect((await call(bench.gateway, { path: '/v1/audit-log', key: writer })).status).toBe(403);
});

test('nobody who is the service can change or remove an entry, and old ones are forgotten in time', async () => {
  const { pool } = bench.db;
  for (const statement of [
    'delete from access.audit',
    `update access.audit set status = 200`,
    `insert into access.audit (audit_id) values ('x')`,
  ])
    await expect(pool.query(statement)).rejects.toThrow(/permission denied/);
  const before = (await log('?page_size=250')).length;
  await withOwner((owner) =>
    owner.query(
      `update access.audit set created_at = now() - interval '500 days' where audit_id in
      (select audit_id from access.audit where workspace_id = $1 order by audit_id limit 2)`,
      [w.workspaceId],
    ),
  );
  expect(await clearAudit(bench.db.db, new Date(Date.now() - 400 * 86_400_000))).toBe(2);
  expect(await log('?page_size=250')).toHaveLength(before - 2);
});

test('what cannot be put on record is not answered as done; the same request again finds it done and is on record', async () => {
  const headers = { 'idempotency-key': 'off-the-record' };
  const send = () => w.post('/v1/agents', { display_name: 'Once' }, headers);
  await withOwner((owner) => owner.query('alter table access.audit rename to audit_away'));
  const refused = await send();
  await withOwner((owner) => owner.query('alter table access.audit_away rename to audit'));
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(refused.headers.get('retry-after')).toBeTruthy();
  const done = await send();
  expect(done.status).toBe(201);
  expect((await log('?operation=createAgent'))[0]).toMatchObject({ status: 201, target_ids: [done.body.agent_id] });
  const agents = (await w.get('/v1/agents')).body.agents.filter((agent: { display_name: string }) => agent.display_name === 'Once');
  expect(agents).toHaveLength(1);
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
