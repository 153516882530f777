import { randomBytes } from 'node:crypto';
import { apiKeyOf, secretBytes } from '@baton/contracts/api-key.ts';
import { newId } from '@baton/contracts/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scope, scopes, secretHash } from '../src/domain/api-key.ts';
import { scopesOfRole } from '../src/domain/role.ts';
import { insertKey } from '../src/store/key-management.ts';
import { type Bench, call, startBench } from './support.ts';

interface Operation {
  name: string;
  method: string;
  path: string;
  scope: Scope;
}

let bench: Bench;
let operations: Operation[];
/** Those that take nobody's credentials. */
const open: string[] = [];
const workspaceId = newId('workspace');

beforeAll(async () => {
  bench = await startBench({ BATON_RATE_LIMIT_PER_SECOND: '100000', BATON_RATE_LIMIT_BURST: '100000' });
  type Described = { operationId: string; security: Record<string, Scope[]>[] };
  const { paths } = (await call(bench.gateway, { path: '/openapi.json' })).body as { paths: Record<string, Record<string, Described>> };
  operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { operationId, security }]) => {
      if (security.length === 0) {
        open.push(operationId);
        return [];
      }
      const named = new Set(security.flatMap((one) => Object.values(one).flat()));
      const [scope] = named;
      expect([operationId, named.size, scopes.includes(scope!)]).toEqual([operationId, 1, true]);
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => (/^(?:workspace|account)_id$/.test(name) ? workspaceId : 'x'));
      return { name: operationId, method: method.toUpperCase(), path: filled, scope: scope! };
    }),
  );
});
afterAll(() => bench[Symbol.asyncDispose]());

const partnerOnly = ({ path }: Operation) => /^\/v1\/(?:partner-keys|workspaces$)/.test(path);

async function partnersKey(given: Scope[]): Promise<string> {
  const key = apiKeyOf('test', randomBytes(secretBytes));
  const ids = { keyId: newId('apiKey'), partnerId: newId('partner') };
  await insertKey(bench.db.db, { ...ids, name: 'test', hash: secretHash(key), hint: '', scopes: given });
  return key;
}

/** What it is answered. Whatever is let in has a parameter that most operations do not know, and gets no further: the other services are away. */
const ask = ({ method, path }: Operation, key: string, headers: Record<string, string> = {}) =>
  call(bench.gateway, { path: `${path}?unknown=1`, method, key, headers, ...(['POST', 'PATCH', 'PUT'].includes(method) && { body: {} }) });

test('every operation takes a key with the scope that it is documented with, and refuses one that has all the others', async () => {
  expect(operations.length).toBeGreaterThan(95);
  expect(open.sort()).toEqual(['createSession', 'finishOidc', 'getSessionOptions', 'setPassword', 'startOidc']);
  for (const scope of scopes) {
    const others = scopes.filter((one) => one !== scope);
    const [right, wrong] = [await bench.key(workspaceId, [scope]), await bench.key(workspaceId, others)];
    const [partner, wrongPartner] = [await partnersKey([scope]), await partnersKey(others)];
    for (const operation of operations.filter((one) => one.scope === scope)) {
      const refused = await ask(operation, partnerOnly(operation) ? wrongPartner : wrong);
      expect([operation.name, refused.status]).toEqual([operation.name, 403]);
      const allowed = await ask(operation, partnerOnly(operation) ? partner : right);
      expect([operation.name, [401, 403].includes(allowed.status)]).toEqual([operation.name, false]);
    }
  }
});

test('nobody does more in a person’s name than the person may, whatever the key may do', async () => {
  const key = await bench.key(workspaceId);
  const add = async (role: string) => {
    const body = { email: `${role}@example.com`, display_name: role, role };
    return (await call(bench.gateway, { path: '/v1/users', method: 'POST', key, body })).body.user_id as string;
  };
  for (const role of ['owner', 'operator', 'viewer'] as const) {
    const user = { 'baton-user': await add(role) };
    for (const operation of operations.filter((one) => !partnerOnly(one))) {
      const { status } = await ask(operation, key, user);
      expect([role, operation.name, status === 403]).toEqual([role, operation.name, !scopesOfRole[role].includes(operation.scope)]);
    }
  }
}, 120_000);

test('operations are told as far as anybody answers, and who does not is named', async () => {
  const { status, body } = await call(bench.gateway, { path: '/v1/operations', key: await bench.key(workspaceId) });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    traffic: null,
    webhooks: null,
    open_dead_letters: null,
    consumers: [],
    unavailable: ['conversation-state', 'dispatcher'],
  });
});
