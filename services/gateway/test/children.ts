import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import type { Infra } from '@baton/testkit/infra.ts';
import { secretKeys, serviceToken } from './support.ts';

export interface Child extends AsyncDisposable {
  address: string;
  kill9(): Promise<void>;
  restart(): Promise<void>;
}

const kinds = {
  'conversation-state': { variable: 'BATON_CONVERSATION_STATE', role: 'baton_conversation', onePort: false },
  dispatcher: { variable: 'BATON_DISPATCHER', role: 'baton_delivery', onePort: false },
  // Health shares the one port of these with all else.
  gateway: { variable: 'BATON_GATEWAY', role: 'baton_access', onePort: true },
  ingest: { onePort: true, variable: 'BATON_INGEST', role: undefined },
} as const;

interface ChildOptions {
  /** Where conversation-state is. */
  state?: string;
  env?: Record<string, string>;
  /** Given what it writes, instead of this process's own output. */
  log?: (text: string) => void;
}

/** Another real service as a process of its own, ready. */
export async function startChild(name: keyof typeof kinds, infra: Infra, o: ChildOptions = {}): Promise<Child> {
  const port = await freePort();
  const { variable, role, onePort } = kinds[name];
  const opsPort = onePort ? port : await freePort();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    [`${variable}_PORT`]: String(port),
    [`${variable}_OPS_PORT`]: String(opsPort),
    BATON_NATS_URL: infra.nats.url,
    BATON_POSTGRES_OWNER_URL: infra.postgres.urls.baton_owner,
    ...(role && { BATON_POSTGRES_URL: infra.postgres.urls[role] }),
    BATON_POSTGRES_SYSTEM_URL: infra.postgres.urls.baton_conversation_system,
    BATON_SERVICE_TOKEN: serviceToken,
    BATON_SECRET_KEYS: secretKeys,
    BATON_CONVERSATION_STATE_ADDR: o.state ?? '',
    BATON_DISPATCHER_ADDR: '127.0.0.1:1',
    BATON_INGEST_ADDR: '127.0.0.1:1',
    BATON_INGEST_URL: 'http://127.0.0.1:9',
    BATON_GATEWAY_URL: 'http://127.0.0.1:9',
    BATON_EGRESS_ALLOW: '127.0.0.0/8',
    BATON_CHECK_ANSWERS: '1',
    BATON_LOG_LEVEL: process.env['BATON_TEST_CHILD_LOG'] ?? 'error',
    BATON_PARENT_PID: String(process.pid),
    ...o.env,
  };
  const folder = fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const start = async () => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
      cwd: folder,
      env,
      stdio: ['ignore', o.log ? 'pipe' : 'inherit', o.log ? 'pipe' : 'inherit'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => o.log?.(bytes.toString()));
    await eventually(
      () => fetch(`http://127.0.0.1:${opsPort}/readyz`).then((answer) => answer.status),
      (status) => status === 200,
      { timeoutMs: 30_000, what: `${name} becoming ready` },
    );
    return child;
  };
  let child = await start();
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    address: `127.0.0.1:${port}`,
    kill9: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      child = await start();
    },
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}
