import { expect, test } from 'vitest';
import { call } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { addressOf, bodyOf, routeTable } from '../support/surface/routes.ts';
import { thingsOf } from '../support/surface/things.ts';
import { makeWorkspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';

test('every POST answers its repeat as it answered the first, also a refusal, and refuses a key that is none or was for something else', async () => {
  const workspace = await makeWorkspace(product);
  const ids = await thingsOf({ product, workspace, canary: 'repeats', at: '013', partnerKey: product.partnerKey });
  const routes = (await routeTable(base)).filter(({ method }) => method === 'POST');
  expect(routes.length).toBeGreaterThan(25);
  const succeeded: string[] = [];
  for (const route of routes) {
    const url = `${base}${addressOf(route, { path: ids, query: ids })}`;
    const body = bodyOf(route, ids)?.body;
    const key = /^\/v1\/(?:workspaces|partner-keys)/.test(route.path) ? product.partnerKey : workspace.key;
    const send = (headers: Record<string, string>) =>
      call('POST', url, { key, headers: { 'idempotency-key': `repeat ${route.id}`, ...headers }, ...(body !== undefined && { body }) });
    const first = await send({});
    const second = await send({});
    expect([route.id, first.status < 500, first.headers.get('idempotent-replayed')]).toEqual([route.id, true, null]);
    expect([route.id, second.status, second.headers.get('idempotent-replayed'), second.body]).toEqual([
      route.id,
      first.status,
      'true',
      first.body,
    ]);
    expect([route.id, (await send({ 'if-match': '"999"' })).status]).toEqual([route.id, 422]);
    expect([route.id, (await send({ 'idempotency-key': '' })).status]).toEqual([route.id, 400]);
    if (first.status < 300) succeeded.push(route.id);
  }
  // The bodies are made from the schemas: for most of them that is enough to be done.
  expect(succeeded.length).toBeGreaterThan(routes.length / 2);
});
