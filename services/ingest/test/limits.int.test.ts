import { askOnce, drip, exchange, holdConnections, hostileRequests, statusOf } from '@baton/testkit/hostile-http.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running } from './harness.ts';
import { inbound } from './signed.ts';

let harness: Harness;
let ingest: Running;
let path: string;

beforeAll(async () => {
  harness = await Harness.create();
  await harness.makeDirectory();
  ingest = await harness.start();
  path = `/providers/simulator/${await harness.account({ provider: 'simulator' })}`;
});
afterAll(() => harness[Symbol.asyncDispose]());

test('hostile requests get their own answer, none is a fault, and the next customer is heard', async () => {
  const body = JSON.stringify(inbound({ text: '%' }));
  for (const { name, bytes, statuses } of hostileRequests({ port: ingest.port, path, headers: [], body })) {
    const answer = await exchange(ingest.port, bytes);
    expect([name, statuses.includes(statusOf(answer)), answer.slice(0, 200)]).toEqual([name, true, answer.slice(0, 200)]);
    expect([name, /canary-traced|^server:|^x-powered-by:/im.test(answer)]).toEqual([name, false]);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await ingest.post(path, JSON.stringify(inbound()))).status).toBeLessThan(300);
});

test('headers and bodies that come drop by drop are cut off, and hold up nobody', async () => {
  await using hasty = await harness.start({ BATON_HTTP_HEADERS_TIMEOUT_MS: '300' });
  await using late = await harness.start({ BATON_REQUEST_TIMEOUT_MS: '600' });
  function* headers() {
    yield `POST ${path} HTTP/1.1\r\nhost: x\r\n`;
    for (;;) yield 'x: 1\r\n';
  }
  function* body() {
    yield `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n`;
    for (;;) yield ' ';
  }
  const slow = [drip(hasty.port, headers(), 20), drip(late.port, body(), 20), drip(hasty.port, [], 20)];
  for (const busy of [hasty, late]) expect((await busy.post(path, JSON.stringify(inbound()))).status).toBeLessThan(300);
  const [slowHeaders, slowBody] = await Promise.all(slow);
  expect([statusOf(slowHeaders!), statusOf(slowBody!)]).toEqual([408, 408]);
});

test('one connection more than there may be is closed, and there is room again when one has gone', async () => {
  await using narrow = await harness.start({ BATON_HTTP_CONNECTIONS: '3' }, { waitReady: false });
  const held = await holdConnections(narrow.port, 3);
  expect(await exchange(narrow.port, askOnce)).toBe('');
  held.pop()!.destroy();
  await expect.poll(() => exchange(narrow.port, askOnce)).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of held) socket.destroy();
});

test('every answer says what browsers may make of it, refusals and faults of the framework too', async () => {
  const answers = [
    await ingest.post(path, JSON.stringify(inbound())),
    await ingest.post(path, '{'),
    await ingest.get('/nowhere'),
    await ingest.get('/providers/%zz'),
    await ingest.get('/metrics'),
  ];
  for (const { status, headers } of answers) {
    expect([status, headers['x-content-type-options']]).toEqual([status, 'nosniff']);
    expect([status, headers['content-security-policy']]).toEqual([status, "default-src 'none'; frame-ancestors 'none'"]);
    expect([status, headers['server'], headers['x-powered-by'], headers['access-control-allow-origin']]).toEqual([
      status,
      undefined,
      undefined,
      undefined,
    ]);
    expect(headers['strict-transport-security']).toBeUndefined();
  }
  await using behindTls = await harness.start({ BATON_TRUST_PROXY: '1' }, { waitReady: false });
  const { headers } = await behindTls.get('/healthz', { 'x-forwarded-proto': 'https' });
  expect(headers['strict-transport-security']).toMatch(/^max-age=\d+$/);
});
