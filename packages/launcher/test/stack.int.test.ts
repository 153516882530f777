import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { greeting, waitUntil } from '../src/process/port.ts';
import { SERVICES } from '../src/stack/names.ts';
import { type Stack, startStack } from '../src/stack.ts';

// Stand-ins with the services' outside: the ports from the environment, `/readyz`, an orderly end at SIGTERM.
const STAND_IN = `
  import { createServer } from 'node:http';
  const { env } = process;
  if (env.STAND_IN_FAILS) { console.error('I have a reason not to start'); process.exit(1); }
  const names = ['BATON_CONVERSATION_STATE', 'BATON_DISPATCHER', 'BATON_INGEST', 'BATON_GATEWAY'];
  const own = process.cwd().split('/').at(-1).replaceAll('-', '_').toUpperCase();
  const name = names.find((one) => one.endsWith(own));
  const port = env[name + '_OPS_PORT'] ?? env[name + '_PORT'];
  const server = createServer((req, res) => res.end(req.url === '/env' ? JSON.stringify(env) : 'ok'));
  server.listen(Number(port), '127.0.0.1', () => console.log('listening', port));
  process.on('SIGTERM', () => { console.log('drained'); server.close(); server.closeAllConnections(); });
`;

let root: string;
let stack: Stack;
const said: string[] = [];

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'baton-stack-'));
  for (const name of SERVICES) write(`services/${name}/src/main.ts`, STAND_IN);
  write('packages/telemetry/src/register.ts', '');
  stack = await startStack({
    root,
    dataDir: path.join(root, '.baton'),
    instances: { dispatcher: 2, gateway: 2 },
    env: { MARK: 'all' },
    serviceEnv: { ingest: { MARK: 'ingest alone' } },
    postgres: { syncInit: false },
    say: (line) => said.push(line),
  });
});

afterAll(async () => {
  await stack?.stop();
  rmSync(root, { recursive: true, force: true });
});

test('every instance is up, each on ports of its own', async () => {
  expect(stack.services.map(({ label }) => label)).toEqual([
    'conversation-state',
    'dispatcher',
    'dispatcher-2',
    'ingest',
    'gateway',
    'gateway-2',
  ]);
  expect(new Set(stack.services.map(({ opsUrl }) => opsUrl)).size).toBe(6);
  expect(stack.gatewayUrls).toHaveLength(2);
  expect(stack.dispatcherAddrs).toHaveLength(2);
});

test('a service is told where all the others are, and no secret that it has no use for', async () => {
  const env = await environment('ingest');
  expect(env).toMatchObject({
    MARK: 'ingest alone',
    BATON_NATS_URL: stack.natsUrls.ingest,
    BATON_DISPATCHER_ADDR: stack.dispatcherAddrs.join(','),
  });
  expect(Object.keys(env).filter((name) => name.includes('POSTGRES') || name.includes('PARTNER'))).toEqual([]);
  for (const user of ['operator', 'conversation-state', 'dispatcher', 'gateway'] as const)
    expect(JSON.stringify(env)).not.toContain(stack.secrets.natsPasswords[user]);
  expect((await environment('gateway'))['BATON_PARTNER_KEY_BOOTSTRAP']).toBe(stack.secrets.partnerKey);
});

test('a service that is killed comes back by itself, and that is said', async () => {
  const [ingest] = stack.of('ingest');
  const before = ingest?.pid;
  ingest?.kill('SIGKILL');
  expect(await waitUntil(async () => ingest?.starts === 2 && ingest.running, 10_000)).toBe(true);
  await ingest?.ready();
  expect(ingest?.pid).not.toBe(before);
  expect(said.join('\n')).toMatch(/ingest ended by itself \(SIGKILL\); starting it again in 0\.2 s, see .*ingest\.log/);
});

test('a service that is restarted is asked to drain first', async () => {
  const [dispatcher] = stack.of('dispatcher');
  await dispatcher?.restart();
  expect(readFileSync(dispatcher?.logFile ?? '', 'utf8')).toMatch(/listening.*drained.*listening/s);
  expect(stack.processes().map(({ name }) => name)).toEqual([...stack.services.map(({ label }) => label), 'nats', 'postgres']);
});

test('a start that cannot succeed says why, and leaves nothing running', async () => {
  const dataDir = path.join(root, 'failing');
  const pids: number[] = [];
  const failing = startStack({
    root,
    dataDir,
    serviceEnv: { gateway: { STAND_IN_FAILS: '1' } },
    postgres: { syncInit: false },
    onChange: (processes) => pids.push(...processes.map(({ pid }) => pid)),
  });
  await expect(failing).rejects.toThrow(/^gateway ended instead of becoming ready; .*I have a reason not to start/s);
  expect(pids.filter(isAlive)).toEqual([]);
});

test('a port that is taken is named with the variable that changes it', async () => {
  const taken = Number(new URL(stack.gatewayUrls[0] ?? '').port);
  await expect(startStack({ root, dataDir: path.join(root, 'second'), ports: { gateway: taken } })).rejects.toThrow(
    `Port ${taken} is taken by another program; free it, or choose another with BATON_GATEWAY_PORT.`,
  );
});

test('stopping ends the services, then NATS, then Postgres, and the data is there at the next start', async () => {
  const natsPort = Number(new URL(stack.natsUrl).port);
  const pids = stack.processes().map(({ pid }) => pid);
  await stack.stop();
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await greeting('127.0.0.1', natsPort, 500)).toBeUndefined();
  const { partnerKey } = stack.secrets;
  stack = await startStack({ root, dataDir: path.join(root, '.baton') });
  expect(stack.secrets.partnerKey).toBe(partnerKey);
});

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

async function environment(name: 'ingest' | 'gateway'): Promise<Record<string, string>> {
  return (await (await fetch(`${stack.of(name)[0]?.opsUrl}/env`)).json()) as Record<string, string>;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
