import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connectBus } from '@baton/bus/connect.ts';
import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import { apiKeyOf, secretBytes } from '@baton/contracts/api-key.ts';
import { newId } from '@baton/contracts/ids.ts';
import { openDatabase } from '@baton/db/open.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import { startInfra } from '@baton/testkit/infra.ts';
import { expect, test } from 'vitest';
import { secretHash } from '../src/domain/api-key.ts';
import { insertKey } from '../src/store/key-management.ts';
import type { Tables } from '../src/store/tables.ts';
import { SseClient } from './sse-client.ts';
import { call, secretKeys, serviceToken } from './support.ts';

test('it starts without NATS and becomes whole when that comes, logs no key and no ticket, and ends when told', async () => {
  await using infra = await startInfra();
  await infra.nats.kill9();
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', '@baton/telemetry/register.ts', 'src/main.ts'],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        BATON_GATEWAY_PORT: String(port),
        BATON_NATS_URL: infra.nats.url,
        BATON_POSTGRES_URL: infra.postgres.urls.baton_access,
        BATON_POSTGRES_OWNER_URL: infra.postgres.urls.baton_owner,
        BATON_SERVICE_TOKEN: serviceToken,
        BATON_SECRET_KEYS: secretKeys,
        BATON_CONVERSATION_STATE_ADDR: '127.0.0.1:1',
        BATON_DISPATCHER_ADDR: '127.0.0.1:1',
        BATON_INGEST_ADDR: '127.0.0.1:1',
        BATON_INGEST_URL: 'http://127.0.0.1:9',
        BATON_GATEWAY_URL: 'http://127.0.0.1:9',
        BATON_LOG_LEVEL: 'trace',
      },
    },
  );
  const exited = once(child, 'exit');
  let log = '';
  child.stdout.on('data', (bytes: Buffer) => {
    log += bytes.toString();
  });
  const gateway = { url: `http://127.0.0.1:${port}`, port, [Symbol.asyncDispose]: async () => undefined };
  const problems = () => call(gateway, { path: '/readyz' }).then((answer) => Object.keys(answer.body.problems));
  try {
    await eventually(problems, (names) => !names.includes('postgres'), { timeoutMs: 30_000 });
    expect(await problems()).toContain('nats');
    expect((await call(gateway, { path: '/healthz' })).status).toBe(200);

    await using db = openDatabase<Tables>({ url: infra.postgres.urls.baton_access, name: 'test', poolSize: 1 });
    const key = apiKeyOf('live', randomBytes(secretBytes));
    await insertKey(db.db, {
      keyId: newId('apiKey'),
      workspaceId: newId('workspace'),
      name: 't',
      hash: secretHash(key),
      hint: '',
      scopes: ['read'],
    });
    expect((await call(gateway, { path: '/v1/stream', key })).status).toBe(503);

    await infra.nats.restart();
    await eventually(problems, (names) => !names.includes('nats'), { timeoutMs: 20_000 });
    await using bus = await connectBus({ url: infra.nats.url, name: 'test' });
    await declareStreams(bus, { ...defaultStreamSettings, inboundMaxBytes: 1e8, eventsMaxBytes: 1e8 });
    const { ticket } = (await call(gateway, { path: '/v1/stream-tickets', method: 'POST', key })).body;
    for (const token of [ticket, key, `pk_live_${'Wrong'.padEnd(32, '0')}`]) {
      await using client = await SseClient.open(`${gateway.url}/v1/stream?token=${token}`);
      expect([200, 401]).toContain(client.status);
    }
    await call(gateway, { path: `/v1/nowhere?token=${key}` });
    await eventually(
      () => log,
      (text) => text.includes('unknown') && text.includes('/v1/stream-tickets'),
    );
    for (const secret of [key, ticket, 'Wrong']) expect(log).not.toContain(secret);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await exited).toEqual([0, null]);
});
