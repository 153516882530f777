import path from 'node:path';
import { type BusUser, busUsers } from '@baton/contracts/bus-rights.ts';
import { bootstrapDatabase, type Role } from '@baton/db/bootstrap.ts';
import { machineSources } from './config.ts';
import { findNatsServer } from './nats/binary.ts';
import { type NatsServer, startNats } from './nats-server.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { type Ports, reachable, SERVICES, type ServiceName } from './stack/names.ts';
import { choosePorts, placeInstances } from './stack/ports.ts';
import { type HostAndPort, type Link, rerouted } from './stack/route.ts';
import { loadSecrets, type Secrets } from './stack/secrets.ts';
import { type ServiceProcess, startService } from './stack/service.ts';
import { addresses, baseUrls, type InstancePorts, type Layout, serviceEnv } from './stack/service-env.ts';

export type StackOptions = {
  /** The checkout whose services run. */
  root: string;
  /** Data, secrets and logs of this installation. */
  dataDir: string;
  /** Ports not named here are free ones. */
  ports?: Partial<Ports>;
  /** Where the services listen; the servers stay on loopback always. */
  host?: string;
  /** One of each unless told. Further instances listen on free ports. */
  instances?: Partial<Record<ServiceName, number>>;
  /** Handed to every service, under what the stack itself sets: the outside environment. */
  passedOn?: Record<string, string>;
  /** Handed to every service, over what the stack itself sets. */
  env?: Record<string, string>;
  /** Handed to one service, over everything else. */
  serviceEnv?: Partial<Record<ServiceName, Record<string, string>>>;
  /** Where the services find a server or each other instead, asked once per link before they start: a proxy in between, as a rule. */
  route?: (link: Link) => Promise<HostAndPort>;
  /** Present: no own Postgres is started; the super user's URL of one that runs. */
  postgres?: { superUrl: string; database?: string } | { settings?: Record<string, string>; syncInit?: boolean };
  /** Present with `url`: no own nats-server is started. `always` unless told. */
  nats?: { url: string } | { bin?: string; syncInterval?: 'always' | (string & {}); monitorPort?: number };
  /** Whether a service that ends by itself is started again; yes unless told. */
  supervise?: boolean;
  secrets?: Secrets;
  /** Aborted, the start is given up at the next step and what runs is stopped. */
  signal?: AbortSignal;
  say?: (line: string) => void;
  /** Every line of every log, with the name of whose it is. */
  onLine?: (name: string, line: string) => void;
  /** After each start and end of a process. */
  onChange?: (stack: { name: string; pid: number }[]) => void;
};

export type Stack = AsyncDisposable & {
  /** Undefined when it was brought from outside. */
  postgres: PostgresServer | undefined;
  nats: NatsServer | undefined;
  /** As the operator. */
  natsUrl: string;
  natsUrls: Record<BusUser, string>;
  superUrl: string;
  databaseUrls: Record<Role, string>;
  services: ServiceProcess[];
  /** All instances of one service, in order. */
  of(name: ServiceName): ServiceProcess[];
  gatewayUrls: string[];
  ingestUrls: string[];
  conversationStateAddrs: string[];
  dispatcherAddrs: string[];
  secrets: Secrets;
  logsDir: string;
  /** Everything that runs now. */
  processes(): { name: string; pid: number }[];
  /** Services first, each with time to drain, then NATS, then Postgres. */
  stop(): Promise<void>;
};

export type Servers = {
  nats: NatsServer | undefined;
  postgres: PostgresServer | undefined;
  environments: Record<ServiceName, Record<string, string>>;
  stop(): Promise<void>;
};

/**
 * Starts a whole installation: nats-server and Postgres (unless brought along), database, all services; resolves when every service is
 * ready. Used by `npm start`, the end-to-end and chaos tests and the benchmark.
 *
 * @throws StartError after having stopped what had been started
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const parts: Parts = { services: [] };
  try {
    return await compose(options, parts);
  } catch (error) {
    await stopParts(parts);
    throw error;
  }
}

/** Like `Promise.all`, but a failure waits for the other as well: a server that comes up later would be stopped by nobody. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

type Parts = { nats?: NatsServer; postgres?: PostgresServer; services: ServiceProcess[] };

type Ground = { layout: Layout; secrets: Secrets; superUrl: string };

/** What the services stand on: NATS, Postgres, the database, and where everything is going to be. */
async function openGround(options: StackOptions, parts: Parts): Promise<Ground> {
  const host = options.host ?? '127.0.0.1';
  const secrets = options.secrets ?? loadSecrets(path.join(options.dataDir, 'secrets.json'));
  const ports = await choosePorts(options, host);
  const [natsUrls, superUrl] = await both(openNats(options, parts, { ports, secrets }), openPostgres(options, parts, { ports, secrets }));
  options.onChange?.(running(parts));
  options.signal?.throwIfAborted();
  const database = options.postgres && 'superUrl' in options.postgres ? options.postgres.database : undefined;
  const { urls: databaseUrls } = await bootstrapDatabase(superUrl, { passwords: secrets.rolePasswords, ...(database ? { database } : {}) });
  return { layout: { host, natsUrls, databaseUrls, instances: await placeInstances(options, ports, host) }, secrets, superUrl };
}

async function compose(options: StackOptions, parts: Parts): Promise<Stack> {
  const { layout, secrets, superUrl } = await openGround(options, parts);
  const seen = options.route ? await rerouted(layout, options.route) : layout;
  options.say?.(`starting ${Object.values(layout.instances).flat().length} services …`);
  const changed = (): void => options.onChange?.(running(parts));
  for (const name of SERVICES) {
    for (const [index, own] of layout.instances[name].entries()) {
      parts.services.push(await openService({ options, layout: seen, secrets, name, own, instance: index + 1, changed }));
      changed();
    }
  }
  await Promise.all(parts.services.map((service) => service.ready(undefined, options.signal)));
  const stop = (): Promise<void> => stopParts(parts);
  return {
    postgres: parts.postgres,
    nats: parts.nats,
    natsUrl: layout.natsUrls.operator,
    natsUrls: layout.natsUrls,
    superUrl,
    databaseUrls: layout.databaseUrls,
    services: parts.services,
    of: (name) => parts.services.filter((service) => service.name === name),
    gatewayUrls: baseUrls(layout, 'gateway'),
    ingestUrls: baseUrls(layout, 'ingest'),
    conversationStateAddrs: addresses(layout, 'conversation-state').split(','),
    dispatcherAddrs: addresses(layout, 'dispatcher').split(','),
    secrets,
    logsDir: path.join(options.dataDir, 'logs'),
    processes: () => running(parts),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The servers alone, for services that are run from elsewhere (`tilt up`, a debugger), with the environment that each of them needs. */
export async function startServers(options: StackOptions): Promise<Servers> {
  const parts: Parts = { services: [] };
  try {
    const { layout, secrets } = await openGround(options, parts);
    const environments = SERVICES.map(
      (name) => [name, serviceEnv(name, layout.instances[name][0] as InstancePorts, layout, secrets)] as const,
    );
    return {
      nats: parts.nats,
      postgres: parts.postgres,
      environments: Object.fromEntries(environments) as Servers['environments'],
      stop: () => stopParts(parts),
    };
  } catch (error) {
    await stopParts(parts);
    throw error;
  }
}

function running(parts: Parts): { name: string; pid: number }[] {
  return [
    ...parts.services.filter((service) => service.running).map(({ label, pid }) => ({ name: label, pid })),
    ...(parts.nats ? [{ name: 'nats', pid: parts.nats.pid }] : []),
    ...(parts.postgres ? [{ name: 'postgres', pid: parts.postgres.pid }] : []),
  ];
}

async function stopParts(parts: Parts): Promise<void> {
  await Promise.all(parts.services.map((service) => service.stop()));
  await parts.nats?.stop();
  await parts.postgres?.stop();
}

async function openNats(options: StackOptions, parts: Parts, o: { ports: Ports; secrets: Secrets }): Promise<Record<BusUser, string>> {
  const each = (urlOf: (user: BusUser) => string) =>
    Object.fromEntries(busUsers.map((user) => [user, urlOf(user)])) as Record<BusUser, string>;
  if (options.nats && 'url' in options.nats) {
    const { url } = options.nats;
    return each(() => url);
  }
  const say = options.say ?? (() => undefined);
  const wanted = options.nats ?? {};
  const bin = wanted.bin ?? (await findNatsServer(machineSources(), say)).path;
  parts.nats = await startNats({
    bin,
    port: o.ports.nats,
    passwords: o.secrets.natsPasswords,
    storeDir: path.join(options.dataDir, 'nats'),
    syncInterval: wanted.syncInterval ?? 'always',
    logFile: path.join(options.dataDir, 'logs/nats.log'),
    ...(wanted.monitorPort === undefined ? {} : { monitorPort: wanted.monitorPort }),
    ...lines(options, 'nats'),
  });
  say(`nats-server runs on port ${o.ports.nats}`);
  return each(parts.nats.urlOf);
}

async function openPostgres(options: StackOptions, parts: Parts, o: { ports: Ports; secrets: Secrets }): Promise<string> {
  if (options.postgres && 'superUrl' in options.postgres) return options.postgres.superUrl;
  const say = options.say ?? (() => undefined);
  parts.postgres = await startPostgres({
    dir: path.join(options.dataDir, 'postgres'),
    port: o.ports.postgres,
    superPassword: o.secrets.postgresPassword,
    logFile: path.join(options.dataDir, 'logs/postgres.log'),
    say,
    ...options.postgres,
    ...lines(options, 'postgres'),
  });
  say(`Postgres runs on port ${o.ports.postgres}`);
  return parts.postgres.superUrl;
}

type OpenService = {
  options: StackOptions;
  layout: Layout;
  secrets: Secrets;
  name: ServiceName;
  own: InstancePorts;
  instance: number;
  changed: () => void;
};

function openService({ options, layout, secrets, name, own, instance, changed }: OpenService): Promise<ServiceProcess> {
  const at = reachable(layout.host);
  const label = instance === 1 ? name : `${name}-${instance}`;
  return startService({
    name,
    instance,
    root: options.root,
    env: { ...options.passedOn, ...serviceEnv(name, own, layout, secrets), ...options.env, ...options.serviceEnv?.[name] },
    opsUrl: `http://${at}:${own.ops ?? own.main}`,
    address: `${at}:${own.main}`,
    logFile: path.join(options.dataDir, 'logs', `${label}.log`),
    supervise: options.supervise ?? true,
    say: options.say ?? (() => undefined),
    onChange: changed,
    ...lines(options, label),
  });
}

function lines(options: StackOptions, name: string): { onLine?: (line: string) => void } {
  const { onLine } = options;
  return onLine ? { onLine: (line) => onLine(name, line) } : {};
}
