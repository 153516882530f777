import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, startChild } from './process/child.ts';
import { greeting, waitUntil } from './process/port.ts';
import { StartError } from './start-error.ts';

export type NatsOptions = {
  /** A nats-server that `findNatsServer` has found good. */
  bin: string;
  port: number;
  /** The streams, the configuration and, unless named, the log go here. */
  storeDir: string;
  /** `always`: on disk before it is acknowledged. A duration such as `2m`: only the process may die, not the machine. */
  syncInterval: 'always' | (string & {});
  /** With it, the server's own figures are on `http://<host>:<monitorPort>`. */
  monitorPort?: number;
  host?: string;
  logFile?: string;
  onLine?: (line: string) => void;
};

export type NatsServer = {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<unknown>;
  readonly monitorUrl: string | undefined;
  /** Where it keeps its streams. */
  readonly storeDir: string;
  stop(): Promise<void>;
  /** SIGKILL, and back when the process is gone. */
  kill9(): Promise<void>;
  /** Stops what still runs and starts again on the same port and store. */
  restart(): Promise<void>;
};

const READY_MS = 30_000;

/**
 * Starts nats-server with JetStream on loopback and waits until it takes connections.
 *
 * @throws StartError when it ends or stays silent instead
 */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const host = options.host ?? '127.0.0.1';
  mkdirSync(options.storeDir, { recursive: true });
  const config = path.join(options.storeDir, 'nats-server.conf');
  const logFile = options.logFile ?? path.join(options.storeDir, 'nats-server.log');
  writeFileSync(config, natsConfig({ ...options, host }));
  const open = () => startAndWait({ options, host, config, logFile });
  let child = await open();
  const stop = async (): Promise<void> => {
    // SIGTERM is the graceful end that flushes the streams; SIGINT would be a quick one.
    await child.stop('SIGTERM', 15_000);
  };
  return {
    url: `nats://${host}:${options.port}`,
    get pid() {
      return child.pid;
    },
    get exited() {
      return child.exited;
    },
    monitorUrl: options.monitorPort === undefined ? undefined : `http://${host}:${options.monitorPort}`,
    storeDir: path.join(options.storeDir, 'jetstream'),
    stop,
    kill9: async () => {
      await child.stop('SIGKILL', 0);
    },
    restart: async () => {
      await stop();
      child = await open();
    },
  };
}

async function startAndWait(o: { options: NatsOptions; host: string; config: string; logFile: string }): Promise<Child> {
  const child = await startChild({
    name: 'nats',
    tier: 'nats',
    command: o.options.bin,
    args: ['-c', o.config],
    env: {},
    cwd: o.options.storeDir,
    logFile: o.logFile,
    ...(o.options.onLine ? { onLine: o.options.onLine } : {}),
  });
  // The server greets only after it has recovered its streams.
  const greets = async (): Promise<boolean> => (await greeting(o.host, o.options.port, 1_000))?.includes('"jetstream":true') ?? false;
  if (await waitUntil(greets, READY_MS, () => child.exit() !== undefined)) return child;
  await child.stop('SIGKILL', 0);
  throw new StartError(`nats-server did not come up on port ${o.options.port}; ${o.logFile} says why.`);
}

/** The configuration file, with loopback only and no cluster. */
export function natsConfig(o: Pick<NatsOptions, 'port' | 'storeDir' | 'syncInterval' | 'monitorPort'> & { host: string }): string {
  return [
    'server_name: baton',
    `host: ${o.host}`,
    `port: ${o.port}`,
    ...(o.monitorPort === undefined ? [] : [`http: "${o.host}:${o.monitorPort}"`]),
    // An inbound batch or a message with long attachments' lists passes the default of 1 MB.
    'max_payload: 2097152',
    // Half-open connections are noticed within seconds rather than the default minutes.
    'ping_interval: "10s"',
    'jetstream {',
    `  store_dir: ${JSON.stringify(o.storeDir)}`,
    '  max_memory_store: 268435456',
    '  max_file_store: 21474836480',
    `  sync_interval: ${o.syncInterval === 'always' ? 'always' : JSON.stringify(o.syncInterval)}`,
    '}',
    '',
  ].join('\n');
}
