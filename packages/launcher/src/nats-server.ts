import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BusUser, busRights, busUsers } from '@baton/contracts/bus-rights.ts';
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
  /** Nobody else gets in; without it everybody may do everything. */
  passwords?: BusPasswords;
};

export type BusPasswords = Record<BusUser, string>;

export type NatsServer = {
  /** As the operator, where there are users. */
  readonly url: string;
  /** The same server for another user. */
  urlOf(user: BusUser): string;
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
  const urlOf = (user: BusUser): string => natsUrl(user, { host, port: options.port, passwords: options.passwords });
  const config = path.join(options.storeDir, 'nats-server.conf');
  const logFile = options.logFile ?? path.join(options.storeDir, 'nats-server.log');
  // It holds passwords.
  writeFileSync(config, natsConfig({ ...options, host }), { mode: 0o600 });
  const open = () => startAndWait({ options, host, config, logFile });
  let child = await open();
  const stop = async (): Promise<void> => {
    // SIGTERM is the graceful end that flushes the streams; SIGINT would be a quick one.
    await child.stop('SIGTERM', 15_000);
  };
  return {
    url: urlOf('operator'),
    urlOf,
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

export function natsUrl(user: BusUser, o: { host: string; port: number; passwords: BusPasswords | undefined }): string {
  const login = o.passwords ? `${user}:${encodeURIComponent(o.passwords[user])}@` : '';
  return `nats://${login}${o.host}:${o.port}`;
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
export function natsConfig(
  o: Pick<NatsOptions, 'port' | 'storeDir' | 'syncInterval' | 'monitorPort' | 'passwords'> & { host: string },
): string {
  return [
    'server_name: baton',
    `host: ${o.host}`,
    `port: ${o.port}`,
    ...(o.monitorPort === undefined ? [] : [`http: "${o.host}:${o.monitorPort}"`]),
    // An inbound batch or a message with long attachments' lists passes the default of 1 MB.
    'max_payload: 2097152',
    // Each process of ours has one; the default is 65,536.
    'max_connections: 1000',
    // Half-open connections are noticed within seconds rather than the default minutes.
    'ping_interval: "10s"',
    'jetstream {',
    `  store_dir: ${JSON.stringify(o.storeDir)}`,
    '  max_memory_store: 268435456',
    '  max_file_store: 21474836480',
    `  sync_interval: ${o.syncInterval === 'always' ? 'always' : JSON.stringify(o.syncInterval)}`,
    '}',
    ...(o.passwords ? users(o.passwords) : []),
    '',
  ].join('\n');
}

/** With the simulated phones: an installation that this launcher starts has them. */
function users(passwords: BusPasswords): string[] {
  return [
    'authorization {',
    '  timeout: 5',
    '  users: [',
    ...busUsers.flatMap((user) => userLines(user, { password: passwords[user], simulator: true })).map((line) => `    ${line}`),
    '  ]',
    '}',
  ];
}

/** One user as nats-server reads it; `deploy/compose.yaml` has the same lines. */
export function userLines(user: BusUser, o: { password: string; simulator: boolean }): string[] {
  const rights = busRights(user, o);
  const list = (subjects: string[]) => subjects.map((subject) => `      ${JSON.stringify(subject)}`);
  const login = `user: ${user}, password: ${JSON.stringify(o.password)}`;
  if (!rights) return [`{ ${login} }`];
  return [
    `{ ${login}, permissions: {`,
    '    publish: [',
    ...list(rights.publish),
    '    ]',
    '    subscribe: [',
    ...list(rights.subscribe),
    '    ]',
    '} }',
  ];
}
