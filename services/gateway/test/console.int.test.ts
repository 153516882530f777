import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from './support.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'baton-console-'));
const script = 'console.log("inbox");'.repeat(200);
let bench: Bench;

beforeAll(async () => {
  const assets = path.join(dir, 'assets');
  mkdirSync(assets);
  writeFileSync(path.join(dir, 'index.html'), '<meta name="csp-nonce" content="%NONCE%"><script src="/assets/main-abc.js"></script>');
  writeFileSync(path.join(assets, 'main-abc.js'), script);
  writeFileSync(path.join(assets, 'main-abc.js.br'), brotliCompressSync(script));
  writeFileSync(path.join(assets, 'main-abc.js.gz'), gzipSync(script));
  bench = await startBench({ BATON_CONSOLE_DIR: dir, BATON_SIMULATOR: '1' });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const get = (at: string, headers: Record<string, string> = {}) => request(`http://127.0.0.1:${bench.gateway.port}${at}`, { headers });

test('every address of the console answers its page, new each time, with a policy that runs its own files alone', async () => {
  const policies = new Set<string>();
  for (const at of ['/', '/sign-in', '/inbox', '/inbox/conv_1', '/operations', '/settings/channels']) {
    const { statusCode, headers, body } = await get(at);
    const page = await body.text();
    const policy = String(headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect([at, statusCode, headers['cache-control'], headers['content-type']]).toEqual([at, 200, 'no-store', 'text/html; charset=utf-8']);
    expect(page).toContain(`content="${nonce}"`);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:4001;");
    expect(policy).not.toContain('unsafe');
    policies.add(policy);
  }
  expect(policies.size).toBe(6);
});

test('its files are kept for ever and come as the browser takes them', async () => {
  const encodings = { 'gzip, br': 'br', 'gzip;q=1, br;q=0': 'gzip', identity: undefined };
  for (const [accept, expected] of Object.entries(encodings)) {
    const { statusCode, headers, body } = await get('/assets/main-abc.js', { 'accept-encoding': accept });
    expect([statusCode, headers['content-encoding']]).toEqual([200, expected]);
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    });
    const bytes = Buffer.from(await body.arrayBuffer());
    expect(bytes).toEqual(expected === 'br' ? brotliCompressSync(script) : expected === 'gzip' ? gzipSync(script) : Buffer.from(script));
  }
});

test('what is no address of the console stays a problem of the API', async () => {
  for (const at of ['/nothing', '/v1/nothing', '/inbox/a/b', '/assets/main-old.js', '/assets/..%2findex.html']) {
    const { statusCode, headers, body } = await get(at);
    await body.dump();
    expect([at, statusCode, headers['content-type']]).toEqual([at, 404, 'application/problem+json; charset=utf-8']);
  }
});
