import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { machineSources } from '../src/config.ts';
import { findNatsServer } from '../src/nats/binary.ts';
import { startNats } from '../src/nats-server.ts';
import { startPostgres } from '../src/postgres.ts';
import { freePort, greeting } from '../src/process/port.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'baton-servers-'));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('nats-server is found, starts on loopback with JetStream, and comes back on the same port after kill -9', async () => {
  const { path: bin } = await findNatsServer(machineSources());
  const port = await freePort();
  const nats = await startNats({ bin, port, storeDir: path.join(dir, 'nats'), syncInterval: 'always' });
  try {
    const first = nats.pid;
    expect(await greeting('127.0.0.1', port, 1000)).toContain('"jetstream":true');
    await nats.kill9();
    expect(await greeting('127.0.0.1', port, 1000)).toBeUndefined();
    await nats.restart();
    expect(await greeting('127.0.0.1', port, 1000)).toContain('"max_payload":2097152');
    expect(nats.pid).not.toBe(first);
  } finally {
    await nats.stop();
  }
  expect(await greeting('127.0.0.1', port, 1000)).toBeUndefined();
});

test('a NATS_SERVER_BIN that is too old or something else is refused in one sentence', async () => {
  const old = path.join(dir, 'old-nats');
  writeFileSync(old, '#!/bin/sh\necho "nats-server: v2.9.10"\n', { mode: 0o755 });
  await expect(findNatsServer({ NATS_SERVER_BIN: old })).rejects.toThrow(
    /^NATS_SERVER_BIN is nats-server 2\.9\.10, and Baton needs 2\.10\.0 or newer/,
  );
  await expect(findNatsServer({ NATS_SERVER_BIN: '/bin/true' })).rejects.toThrow(/does not answer `--version` as nats-server does/);
});

test('an older nats-server on PATH is passed over for the one in the cache', async () => {
  const bin = path.join(dir, 'bin');
  const cache = path.join(dir, 'cache');
  for (const [file, version] of [
    [path.join(bin, 'nats-server'), '2.9.10'],
    [path.join(cache, 'nats-server-2.10.27'), '2.10.27'],
  ] as const) {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho "nats-server: v${version}"\n`, { mode: 0o755 });
  }
  const said: string[] = [];
  const found = await findNatsServer({ PATH: bin, BATON_CACHE_DIR: cache }, (line) => said.push(line));
  expect(found).toEqual({ path: path.join(cache, 'nats-server-2.10.27'), version: '2.10.27' });
  expect(said.join()).toContain('older than 2.10.0');
});

test('Postgres keeps what was committed through kill -9 and through a postmaster.pid that names a stranger', async () => {
  const postgres = await startPostgres({
    dir: path.join(dir, 'postgres'),
    port: await freePort(),
    superPassword: 'secret',
    syncInit: false,
  });
  try {
    await query(postgres.superUrl, 'create table kept (n int)');
    await query(postgres.superUrl, 'insert into kept values (7)');
    await postgres.kill9();
    const pidFile = path.join(postgres.dir, 'postmaster.pid');
    // The number of a process that lives and is no Postgres, as after a restart of the machine.
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    writeFileSync(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'));
    await postgres.restart();
    expect(await query(postgres.superUrl, 'select n from kept')).toEqual([{ n: 7 }]);
    expect(await query(postgres.superUrl, 'show fsync')).toEqual([{ fsync: 'on' }]);
  } finally {
    await postgres.stop();
  }
});

test('a second Postgres on the same data takes the place of one left over, and the wrong password is said plainly', async () => {
  const o = { dir: path.join(dir, 'again'), superPassword: 'one', syncInit: false };
  const left = await startPostgres({ ...o, port: await freePort() });
  const next = await startPostgres({ ...o, port: await freePort() });
  await left.exited;
  expect(await query(next.superUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  await next.stop();
  await expect(startPostgres({ ...o, superPassword: 'two', port: await freePort() })).rejects.toThrow(
    /^The database was made with another password/,
  );
});

test('search by trigrams finds text in any script', async () => {
  const postgres = await startPostgres({
    dir: path.join(dir, 'scripts'),
    port: await freePort(),
    superPassword: 'secret',
    syncInit: false,
  });
  try {
    await query(postgres.superUrl, 'create extension pg_trgm');
    const [row] = await query(
      postgres.superUrl,
      "select cardinality(show_trgm('Привет')) > 0 as cyrillic, cardinality(show_trgm('ありがとう')) > 0 as kana",
    );
    expect(row).toEqual({ cyrillic: true, kana: true });
  } finally {
    await postgres.stop();
  }
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
