import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { findNatsServer } from '@baton/launcher/nats/binary.ts';
import { startNats } from '@baton/launcher/nats-server.ts';
import { startPostgres } from '@baton/launcher/postgres.ts';
import { type Child, startChild } from '@baton/launcher/process/child.ts';
import { freePort } from '@baton/launcher/process/port.ts';
import type { FloorOptions } from '../floor/process.ts';
import type { Target, TargetOptions } from './target.ts';

const processes = ['state', 'dispatcher', 'ingest'] as const;

/** The same hops without the product, on the same servers with the same settings (the launcher's). */
export async function startFloor(o: TargetOptions): Promise<Target> {
  await using parts = new AsyncDisposableStack();
  const { path: bin } = await findNatsServer(process.env, o.say);
  const natsPort = await freePort();
  const nats = await startNats({ bin, port: natsPort, storeDir: path.join(o.dir, 'nats'), syncInterval: o.syncInterval });
  parts.defer(() => nats.stop());
  const superPassword = randomBytes(16).toString('hex');
  const postgres = await startPostgres({
    dir: path.join(o.dir, 'postgres'),
    port: await freePort(),
    superPassword,
    settings: o.postgresSettings,
    say: o.say,
  });
  parts.defer(() => postgres.stop());
  const port = await freePort();
  const options: FloorOptions = { natsUrl: nats.url, postgresUrl: postgres.superUrl, port, aiUrl: o.aiUrl, providerUrl: o.providerUrl };
  const children = new Map<string, Child>();
  for (const name of processes) {
    const child = await startFloorProcess(name, options, o);
    parts.defer(() => child.stop('SIGTERM', 2000).then(() => undefined));
    children.set(name, child);
  }
  const running = parts.move();
  return {
    name: 'floor',
    origin: `http://127.0.0.1:${port}`,
    natsUrl: nats.url,
    databaseUrl: postgres.superUrl,
    accounts: Array.from({ length: o.accounts }, (_, i) => ({ path: `/in/${i}`, address: `+1415100${1000 + i}`, key: randomBytes(32) })),
    components: [
      ...processes.map((name) => ({ name, pid: () => children.get(name)!.pid })),
      { name: 'nats', pid: () => nats.pid },
      { name: 'postgres', pid: () => postgres.pid, tree: true },
    ],
    consumerPids: () => [children.get('state')!.pid],
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function startFloorProcess(name: string, options: FloorOptions, o: TargetOptions): Promise<Child> {
  const ready = Promise.withResolvers<void>();
  const logFile = path.join(o.dir, 'logs', `${name}.log`);
  const child = await startChild({
    name: `floor-${name}`,
    tier: 'service',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, `../floor/${name}.ts`), JSON.stringify(options)],
    env: { BATON_PARENT_PID: String(process.pid), ...(o.nodeOptions ? { NODE_OPTIONS: o.nodeOptions } : {}) },
    cwd: import.meta.dirname,
    logFile,
    onLine: (line) => {
      if (line === 'ready') ready.resolve();
    },
  });
  const gone = child.exited.then(() => {
    throw new Error(`The floor's ${name} ended; ${logFile} says why.`);
  });
  gone.catch(() => undefined);
  await Promise.race([ready.promise, gone]);
  return child;
}
