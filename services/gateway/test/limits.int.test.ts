import { newId } from '@baton/contracts/ids.ts';
import { askOnce, drip, exchange, holdConnections, hostileRequests, statusOf } from '@baton/testkit/hostile-http.ts';
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guardRoutes } from '../src/http/authenticate.ts';
import { startService } from '../src/service.ts';
import { type Bench, call, startBench } from './support.ts';

let bench: Bench;
let key: string;
const workspaceId = newId('workspace');

beforeAll(async () => {
  bench = await startBench();
  key = await bench.key(workspaceId);
});
afterAll(() => bench[Symbol.asyncDispose]());

const user = (name: string) => ({ email: `${name}@example.com`, display_name: name, role: 'viewer' });

test('hostile requests get their own answer, none is a fault, and the next caller is served', async () => {
  const target = {
    port: bench.gateway.port,
    path: '/v1/users',
    headers: [`authorization: Bearer ${key}`],
    body: JSON.stringify(user('%')),
  };
  for (const { name, bytes, statuses } of hostileRequests(target)) {
    const answer = await exchange(target.port, bytes);
    expect([name, statuses.includes(statusOf(answer)), answer.slice(0, 200)]).toEqual([name, true, answer.slice(0, 200)]);
    // None of them is answered with what the server is made of, or with what was sent.
    expect([name, /canary-traced|^server:|^x-powered-by:|node_modules/im.test(answer)]).toEqual([name, false]);
    // Node itself refuses that one, before anybody could say why.
    if (name !== 'no host') expect([name, answer]).toEqual([name, expect.stringContaining('problem+json')]);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await call(bench.gateway, { path: '/v1/users', method: 'POST', key, body: user('next') })).status).toBe(201);
});

test('a text that is no UTF-8 is refused, not stored with other characters', async () => {
  const text = Buffer.from(JSON.stringify(user('caf~')));
  text[text.indexOf('~')] = 0xe9;
  const head = `POST /v1/users HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`;
  const answer = await exchange(bench.gateway.port, Buffer.concat([Buffer.from(`${head}content-length: ${text.length}\r\n\r\n`), text]));
  expect([statusOf(answer), answer]).toEqual([400, expect.stringContaining('malformed_request')]);
});

test('headers and bodies that come drop by drop are cut off; one connection more than there may be is closed', async () => {
  const http = { ...bench.config.http, headersTimeoutMs: 300, requestTimeoutMs: 600 };
  await using hasty = await startService({ ...bench.config, http });
  const authorization = `authorization: Bearer ${key}`;
  function* headers() {
    yield `POST /v1/users HTTP/1.1\r\nhost: x\r\n${authorization}\r\n`;
    for (;;) yield 'x: 1\r\n';
  }
  function* body() {
    yield `POST /v1/users HTTP/1.1\r\nhost: x\r\n${authorization}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n`;
    for (;;) yield ' ';
  }
  const [slowHeaders, slowBody] = await Promise.all([drip(hasty.port, headers(), 20), drip(hasty.port, body(), 20)]);
  expect([statusOf(slowHeaders), statusOf(slowBody)]).toEqual([408, 408]);
  await using narrow = await startService({ ...bench.config, http: { ...bench.config.http, connections: 3 } });
  const held = await holdConnections(narrow.port, 3);
  expect(await exchange(narrow.port, askOnce)).toBe('');
  for (const one of held) one.destroy();
  await expect.poll(() => exchange(narrow.port, askOnce)).toMatch(/^HTTP\/1\.1 200 /);
});

test('every answer says what browsers may make of it; the reference may run its own scripts and nothing else', async () => {
  const paths = ['/v1/users', '/v1/nowhere', '/healthz', '/openapi.json', '/llms.txt', '/v1/%zz'];
  for (const path of paths) {
    const { headers } = await call(bench.gateway, { path, key });
    expect([path, headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual([path, 'nosniff', 'DENY']);
    expect([path, headers.get('content-security-policy')]).toEqual([path, "default-src 'none'; frame-ancestors 'none'"]);
    expect([path, headers.get('strict-transport-security'), headers.get('access-control-allow-origin')]).toEqual([path, null, null]);
  }
  const page = await call(bench.gateway, { path: '/docs/' });
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/]+=*';/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy.match(/script-src [^;]*/)?.[0]).not.toContain('unsafe');
  await using behindTls = await startService({ ...bench.config, trustProxy: true });
  const { headers } = await call(behindTls, { path: '/healthz', headers: { 'x-forwarded-proto': 'https' } });
  expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/);
});

test('a host of the caller’s choice stands in no answer', async () => {
  const forged = ['host: evil.example', 'x-forwarded-host: evil.example', 'x-forwarded-proto: gopher', 'forwarded: host=evil.example'];
  for (const path of ['/v1/users?page_size=1', '/docs', '/docs/', '/openapi.json', '/llms.txt', '/asyncapi.yaml', '/v1/nowhere']) {
    const head = [`GET ${path} HTTP/1.1`, ...forged, 'connection: close', `authorization: Bearer ${key}`];
    const answer = await exchange(bench.gateway.port, `${head.join('\r\n')}\r\n\r\n`);
    expect([path, statusOf(answer) < 500, answer.includes('evil.example')]).toEqual([path, true, false]);
  }
});

test('a route that names neither a guard nor is known to be open keeps the gateway from starting', () => {
  const app = Fastify();
  guardRoutes(app as never, { config: bench.config } as never);
  for (const path of ['/v1/forgotten', '/forgotten', '/widget/forgotten', '/internal/forgotten'])
    expect(() => app.get(path, async () => 'open')).toThrow(`${path} names no auth`);
  expect(() => app.get('/healthz', async () => 'ok')).not.toThrow();
});
