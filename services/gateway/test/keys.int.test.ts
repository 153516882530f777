import { randomBytes } from 'node:crypto';
import { apiKeyOf, isApiKey, secretBytes } from '@baton/contracts/api-key.ts';
import { newId } from '@baton/contracts/ids.ts';
import { accessChangedSubject } from '@baton/contracts/subjects.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretHash } from '../src/domain/api-key.ts';
import { startService } from '../src/service.ts';
import { insertKey } from '../src/store/key-management.ts';
import { installationPartnerId } from '../src/store/migrate-access.ts';
import { type Bench, call, configFor, partnerKey, ready, startBench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ BATON_AUTH_FAILURES_BURST: '1000' });
});
afterAll(() => bench[Symbol.asyncDispose]());

/** A workspace that has one key with every scope. */
async function workspace() {
  const key = await bench.key(newId('workspace'));
  const ask = (method: string, path: string, body?: unknown, more: { key?: string; headers?: Record<string, string> } = {}) =>
    call(bench.gateway, { path, method, key: more.key ?? key, headers: more.headers ?? {}, ...(body !== undefined && { body }) });
  return { key, ask };
}

/** What a key that is accepted is answered by a gateway without conversation-state. */
const works = async (key: string) => (await call(bench.gateway, { path: '/v1/stream-tickets', method: 'POST', key })).status === 201;

test('a key is shown once, works at once, and is listed by its first letters alone', async () => {
  const { ask } = await workspace();
  const made = await ask('POST', '/v1/api-keys', { name: 'Inbox', scopes: ['read', 'write'], mode: 'test' });
  expect(made.status).toBe(201);
  const { api_key: secret, ...shown } = made.body;
  expect(secret).toMatch(/^pk_test_/);
  expect(isApiKey(secret)).toBe(true);
  expect(shown).toMatchObject({
    name: 'Inbox',
    scopes: ['read', 'write'],
    hint: `${secret.slice(0, 12)}…`,
    expires_at: null,
    revoked_at: null,
  });
  expect(await works(secret)).toBe(true);
  const listed = await ask('GET', '/v1/api-keys');
  expect(listed.body.api_keys[0]).toEqual(shown);
  expect((await ask('GET', `/v1/api-keys/${shown.api_key_id}`)).body).toEqual(shown);
  expect(JSON.stringify(listed.body)).not.toContain(secret.slice(14));
});

test('a key with a wrong checksum is refused without a look at the database', async () => {
  const key = apiKeyOf('live', randomBytes(secretBytes));
  const wrong = `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`;
  const workspaceId = newId('workspace');
  // Both are stored: only one that is never looked up can be refused.
  for (const secret of [key, wrong])
    await insertKey(bench.db.db, { keyId: newId('apiKey'), workspaceId, name: 't', hash: secretHash(secret), hint: '', scopes: ['read'] });
  expect([await works(key), await works(wrong)]).toEqual([true, false]);
});

test('keys are for keys with the scope admin', async () => {
  const { ask } = await workspace();
  const { api_key: reader } = (await ask('POST', '/v1/api-keys', { name: 'r', scopes: ['read', 'write'] })).body;
  for (const [method, path] of [
    ['GET', '/v1/api-keys'],
    ['POST', '/v1/api-keys'],
    ['PATCH', '/v1/api-keys/key_x'],
    ['DELETE', '/v1/api-keys/key_x'],
    ['POST', '/v1/api-keys/key_x/rotate'],
    ['GET', '/v1/partner-keys'],
  ] as const)
    expect(await ask(method, path, method === 'GET' ? undefined : {}, { key: reader })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
});

test('a revoked key is refused by the very next request, and soon by the other gateways', async () => {
  const { ask } = await workspace();
  await using other = await startService(configFor(bench.infra, { BATON_AUTH_FAILURES_BURST: '1000' }));
  await ready(other);
  const { api_key: secret, api_key_id: id } = (await ask('POST', '/v1/api-keys', { name: 'gone', scopes: ['read'] })).body;
  const told: string[] = [];
  bench.bus.nc.subscribe(accessChangedSubject, { callback: (_error, message) => void told.push(message.string()) });
  await bench.bus.nc.flush();
  const elsewhere = () => call(other, { path: '/v1/stream-tickets', method: 'POST', key: secret });
  expect(await works(secret)).toBe(true);
  expect((await elsewhere()).status).toBe(201);
  const revoked = await ask('DELETE', `/v1/api-keys/${id}`);
  expect(revoked).toMatchObject({ status: 200, body: { api_key_id: id, revoked_at: expect.any(String) } });
  expect(await works(secret)).toBe(false);
  await eventually(elsewhere, (answer) => answer.status === 401);
  await eventually(
    () => told,
    (ids) => ids.includes(id),
  );
  expect((await ask('GET', '/v1/api-keys')).body.api_keys.map((key: { api_key_id: string }) => key.api_key_id)).not.toContain(id);
  const all = (await ask('GET', '/v1/api-keys?include_revoked=true')).body.api_keys;
  expect(all.map((key: { api_key_id: string }) => key.api_key_id)).toContain(id);
  // Again: the same answer. Bringing it back: no.
  expect((await ask('DELETE', `/v1/api-keys/${id}`)).body).toEqual(revoked.body);
  expect(await ask('PATCH', `/v1/api-keys/${id}`, { name: 'back' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await ask('POST', `/v1/api-keys/${id}/rotate`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('the last key with the scope admin stays unless forced, also when two go at the same moment', async () => {
  const { ask, key } = await workspace();
  const [{ api_key_id: id }] = (await ask('GET', '/v1/api-keys')).body.api_keys;
  expect(await ask('DELETE', `/v1/api-keys/${id}`)).toMatchObject({ status: 409, body: { code: 'last_admin_key' } });
  expect(await ask('PATCH', `/v1/api-keys/${id}`, { scopes: ['read'] })).toMatchObject({ status: 409, body: { code: 'last_admin_key' } });
  const second = (await ask('POST', '/v1/api-keys', { name: 'second', scopes: ['admin'] })).body;
  const both = await Promise.all([
    ask('DELETE', `/v1/api-keys/${id}`),
    ask('DELETE', `/v1/api-keys/${second.api_key_id}`, undefined, { key: second.api_key }),
  ]);
  expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
  const left = both[0]!.status === 409 ? { key, id } : { key: second.api_key, id: second.api_key_id };
  expect((await ask('DELETE', `/v1/api-keys/${left.id}?force=true`, undefined, { key: left.key })).status).toBe(200);
  expect((await ask('GET', '/v1/api-keys', undefined, { key: left.key })).status).toBe(401);
});

test('after a rotation both secrets are one key until the overlap is over; without overlap the old one ends at once', async () => {
  const { ask } = await workspace();
  const first = (await ask('POST', '/v1/api-keys', { name: 'bot', scopes: ['read', 'write'] })).body;
  const second = (await ask('POST', `/v1/api-keys/${first.api_key_id}/rotate`, { overlap_seconds: 3600 })).body;
  expect(second).toMatchObject({
    api_key_id: first.api_key_id,
    name: 'bot',
    scopes: ['read', 'write'],
    previous_valid_until: expect.any(String),
  });
  expect(second.api_key).not.toBe(first.api_key);
  // Twice by mistake: the one that clients still use goes on working.
  const third = (await ask('POST', `/v1/api-keys/${first.api_key_id}/rotate`)).body;
  for (const { api_key } of [first, second, third]) expect(await works(api_key)).toBe(true);
  // A retry with the new secret of what was sent with the old one is the same request.
  const send = (key: string) => ask('POST', '/v1/stream-tickets', {}, { key, headers: { 'idempotency-key': 'over-the-rotation' } });
  const before = await send(first.api_key);
  const after = await send(third.api_key);
  expect(after.headers.get('idempotent-replayed')).toBe('true');
  expect(after.body).toEqual(before.body);

  const quick = (await ask('POST', '/v1/api-keys', { name: 'leaked', scopes: ['read'] })).body;
  expect(await works(quick.api_key)).toBe(true);
  const replaced = (await ask('POST', `/v1/api-keys/${quick.api_key_id}/rotate`, { overlap_seconds: 0 })).body;
  expect(replaced.previous_valid_until).toBeNull();
  expect(await works(quick.api_key)).toBe(false);
  expect(await works(replaced.api_key)).toBe(true);
  await ask('DELETE', `/v1/api-keys/${first.api_key_id}`);
  for (const { api_key } of [first, second, third]) expect(await works(api_key)).toBe(false);
});

test('a key ends at its expiry, which lies in the future and can be moved', async () => {
  const { ask } = await workspace();
  const past = new Date(Date.now() - 1000).toISOString();
  expect(await ask('POST', '/v1/api-keys', { name: 'x', scopes: ['read'], expires_at: past })).toMatchObject({
    status: 400,
    body: { errors: [{ path: '/expires_at' }] },
  });
  const soon = new Date(Date.now() + 1500).toISOString();
  const made = (await ask('POST', '/v1/api-keys', { name: 'x', scopes: ['read'], expires_at: soon })).body;
  expect(made.expires_at).toBe(soon);
  await eventually(
    () => works(made.api_key),
    (valid) => !valid,
  );
  expect((await ask('PATCH', `/v1/api-keys/${made.api_key_id}`, { expires_at: null })).body.expires_at).toBeNull();
  expect(await works(made.api_key)).toBe(true);
});

test('a repeated command makes no second key, and its answer is the first one’s', async () => {
  const { ask } = await workspace();
  const headers = { 'idempotency-key': 'one-key' };
  const [one, two] = [
    await ask('POST', '/v1/api-keys', { name: 'once', scopes: ['read'] }, { headers }),
    await ask('POST', '/v1/api-keys', { name: 'once', scopes: ['read'] }, { headers }),
  ];
  expect(two.body).toEqual(one.body);
  expect((await ask('GET', '/v1/api-keys')).body.api_keys).toHaveLength(2);
});

test('pages of keys come without repeat or gap', async () => {
  const { ask } = await workspace();
  for (const name of ['a', 'b', 'c', 'd']) await ask('POST', '/v1/api-keys', { name, scopes: ['read'] });
  const names: string[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page = await ask('GET', `/v1/api-keys?page_size=2${token && `&page_token=${encodeURIComponent(token)}`}`);
    names.push(...page.body.api_keys.map((key: { name: string }) => key.name));
    token = page.body.next_page_token;
  }
  expect(names).toEqual(['d', 'c', 'b', 'a', 'test']);
});

test('keys of another workspace do not exist, and a partner key is no key of a workspace', async () => {
  const [mine, theirs] = [await workspace(), await workspace()];
  const { api_key_id: id } = (await theirs.ask('POST', '/v1/api-keys', { name: 'canary', scopes: ['read'] })).body;
  for (const [method, path, body] of [
    ['GET', `/v1/api-keys/${id}`],
    ['PATCH', `/v1/api-keys/${id}`, { name: 'mine' }],
    ['DELETE', `/v1/api-keys/${id}?force=true`],
    ['POST', `/v1/api-keys/${id}/rotate`, {}],
  ] as const)
    expect(await mine.ask(method, path, body)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(JSON.stringify((await mine.ask('GET', '/v1/api-keys')).body)).not.toContain('canary');
  expect(await mine.ask('GET', '/v1/partner-keys')).toMatchObject({ status: 403 });
});

test('a partner sees and ends its own keys and nobody else’s', async () => {
  const ask = (key: string, method: string, path: string, body?: unknown) =>
    call(bench.gateway, { path, method, key, ...(body !== undefined && { body }) });
  const scopes = ['read', 'write', 'admin'];
  const make = async (name: string) => (await ask(partnerKey, 'POST', '/v1/partner-keys', { name, scopes, new_partner: true })).body;
  const [a, b] = [await make('A'), await make('B')];
  expect(a.partner_id).not.toBe(b.partner_id);
  expect(a.partner_id).not.toBe(installationPartnerId);
  const extra = (await ask(a.api_key, 'POST', '/v1/partner-keys', { name: 'A2', scopes: ['read'] })).body;
  expect(extra.partner_id).toBe(a.partner_id);
  const names = async (key: string) => (await ask(key, 'GET', '/v1/partner-keys')).body.api_keys.map((one: { name: string }) => one.name);
  expect(await names(a.api_key)).toEqual(['A2', 'A']);
  expect(await names(b.api_key)).toEqual(['B']);
  expect(await ask(b.api_key, 'DELETE', `/v1/partner-keys/${a.api_key_id}?force=true`)).toMatchObject({ status: 404 });
  expect(await ask(a.api_key, 'POST', '/v1/partner-keys', { name: 'C', scopes, new_partner: true })).toMatchObject({ status: 403 });
  expect(await ask(a.api_key, 'DELETE', `/v1/partner-keys/${a.api_key_id}`)).toMatchObject({
    status: 409,
    body: { code: 'last_admin_key' },
  });
  expect(await ask(a.api_key, 'DELETE', `/v1/partner-keys/${extra.api_key_id}`)).toMatchObject({ status: 200 });
  expect(await ask(extra.api_key, 'GET', '/v1/partner-keys')).toMatchObject({ status: 401 });
});

// Last: the others need that key.
test('the bootstrap key ends with its variable, not through the API', async () => {
  const ask = (method: string, path: string) => call(bench.gateway, { path, method, key: partnerKey });
  const bootstrap = (await ask('GET', '/v1/partner-keys')).body.api_keys.find((key: { name: string }) => key.name === 'bootstrap');
  expect(await ask('DELETE', `/v1/partner-keys/${bootstrap.api_key_id}?force=true`)).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
  await using without = await startService({ ...configFor(bench.infra), bootstrapPartnerKey: undefined });
  await ready(without);
  await eventually(
    () => call(without, { path: '/v1/partner-keys', key: partnerKey }),
    (answer) => answer.status === 401,
  );
});
