import path from 'node:path';
import pg from 'pg';
import { clearStalePid, initialise } from './postgres/cluster.ts';
import { findPlace, type PostgresPlace } from './postgres/place.ts';
import { type Child, startChild } from './process/child.ts';
import { waitUntil } from './process/port.ts';
import { StartError } from './start-error.ts';

export type PostgresOptions = {
  /** The cluster's directory. As root it may be put elsewhere, which is said. */
  dir: string;
  port: number;
  /** Set when the cluster is made; later starts must bring the same. */
  superPassword: string;
  /** On top of the defaults, for example `{ max_connections: '400' }`. */
  settings?: Record<string, string>;
  host?: string;
  /** `<dir>/../postgres.log` unless named. */
  logFile?: string;
  /** Whether making the cluster waits for the disk; tests need not. */
  syncInit?: boolean;
  say?: (line: string) => void;
  onLine?: (line: string) => void;
};

export type PostgresServer = {
  /** Of the super user, to the database `postgres`. */
  readonly superUrl: string;
  readonly pid: number;
  readonly exited: Promise<unknown>;
  readonly dir: string;
  stop(): Promise<void>;
  /** SIGKILL to the postmaster; back when it is gone. Its own processes end by themselves a moment later. */
  kill9(): Promise<void>;
  /** Stops what still runs and starts again on the same port and data. */
  restart(): Promise<void>;
};

const READY_MS = 60_000;

const DEFAULTS: Record<string, string> = {
  fsync: 'on',
  shared_buffers: '256MB',
  max_connections: '200',
  // No socket file: nothing to collide with another Postgres, and one place less that must be writable.
  unix_socket_directories: '',
  // A checkpoint every few minutes rather than whenever 1 GB was written keeps a laptop quiet.
  max_wal_size: '2GB',
  log_min_messages: 'warning',
  // Text of customers stands in statements; it must not get into a log by way of an error or a slow query.
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
};

/**
 * Makes the cluster if there is none, starts Postgres on loopback and waits until it answers.
 *
 * @throws StartError when it does not come up, or the password is not the one the cluster was made with
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const say = options.say ?? (() => undefined);
  const host = options.host ?? '127.0.0.1';
  const superUrl = `postgres://postgres:${encodeURIComponent(options.superPassword)}@${host}:${options.port}/postgres`;
  const place = await findPlace(options.dir, say);
  await clearStalePid(place.dir);
  await initialise(place, options.superPassword, options.syncInit ?? true);
  const open = () => startAndWait({ options, place, host, superUrl });
  let child = await open();
  const stop = async (): Promise<void> => {
    // SIGINT is Postgres' «fast» shutdown: open sessions are ended, everything is written, the next start needs no recovery.
    await child.stop('SIGINT', 30_000);
  };
  return {
    superUrl,
    dir: place.dir,
    get pid() {
      return child.pid;
    },
    get exited() {
      return child.exited;
    },
    stop,
    kill9: async () => {
      await child.stop('SIGKILL', 0);
    },
    restart: async () => {
      await stop();
      await clearStalePid(place.dir);
      child = await open();
    },
  };
}

type Start = { options: PostgresOptions; place: PostgresPlace; host: string; superUrl: string };

async function startAndWait(start: Start): Promise<Child> {
  const { options, place, superUrl } = start;
  const logFile = options.logFile ?? path.join(path.dirname(options.dir), 'postgres.log');
  let child = await spawnPostgres(start, logFile);
  const end = performance.now() + READY_MS;
  for (;;) {
    const up = await waitUntil(
      () => answers(superUrl),
      end - performance.now(),
      () => child.exit() !== undefined,
    );
    if (up) return child;
    if (child.exit() === undefined || performance.now() > end - READY_MS + 10_000) break;
    // After a kill -9 the old server's own processes hold its shared memory for a moment, and a new one refuses to start beside them.
    child = await spawnPostgres(start, logFile);
  }
  await child.stop('SIGKILL', 0);
  throw new StartError(`Postgres did not come up on port ${options.port} with the data in ${place.dir}; ${logFile} says why.`);
}

function spawnPostgres({ options, place, host }: Start, logFile: string): Promise<Child> {
  const settings = { listen_addresses: host, port: String(options.port), ...DEFAULTS, ...options.settings };
  return startChild({
    name: 'postgres',
    tier: 'postgres',
    command: place.bin.postgres,
    args: ['-D', place.dir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { PATH: '/usr/bin:/bin', LC_MESSAGES: 'C' },
    // The directory the launcher was started in may be closed to Postgres' user.
    cwd: '/',
    logFile,
    ...(options.onLine ? { onLine: options.onLine } : {}),
    ...(place.user ? { user: place.user } : {}),
  });
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A server that restarts cuts the connection outside of any query; unheard, that error would end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') {
      throw new StartError(
        'The database was made with another password than the one in secrets.json; put the old file back, or wipe everything with `npm run reset`.',
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
