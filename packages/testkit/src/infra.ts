import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bootstrapDatabase, type Role, roles } from '@baton/db/bootstrap.ts';
import pg from 'pg';
import { loadTestkitConfig } from './config.ts';
import { type OpenNats, type OpenPostgres, openNats, openPostgres } from './servers.ts';

export type InfraOptions = {
  /** A Postgres of this test's own, which may be killed and restarted; otherwise a database of its own on the run's shared one. */
  ownPostgres?: boolean;
  /** `2m` unless told: tests of the code need no disk behind each acknowledgement. */
  syncInterval?: 'always' | (string & {});
};

export type Infra = AsyncDisposable & {
  postgres: {
    /** To a database of this test's own, one URL per role. */
    urls: Record<Role, string>;
    database: string;
    superUrl: string;
    /** Refused on the shared server: other files' tests run on it. */
    kill9(): Promise<void>;
    restart(): Promise<void>;
  };
  /** A nats-server of this test's own. */
  nats: Omit<OpenNats, 'stop'>;
};

/** Known passwords: the roles belong to the whole server, so every test database of a run shares them. */
export const TEST_PASSWORDS = Object.fromEntries(roles.map((role) => [role, `test-${role}`])) as Record<Role, string>;

/**
 * Real servers for one test file: a fresh database with roles and schemas, a fresh nats-server with JetStream. Call it in `beforeAll` and
 * dispose it in `afterAll`.
 */
export async function startInfra(options: InfraOptions = {}): Promise<Infra> {
  const { sharedSuperUrl } = loadTestkitConfig(process.env);
  const dir = await mkdtemp(path.join(tmpdir(), 'baton-test-'));
  const own = options.ownPostgres || !sharedSuperUrl ? await openPostgres(dir) : undefined;
  const superUrl = own?.superUrl ?? (sharedSuperUrl as string);
  const [{ database, urls }, nats] = await Promise.all([createDatabase(superUrl), openNats(dir, options.syncInterval ?? '2m')]);
  return {
    postgres: { urls, database, superUrl, ...restarts(own) },
    nats,
    [Symbol.asyncDispose]: async () => {
      await nats.stop();
      if (own) await own.stop();
      else await dropDatabase(superUrl, database);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function restarts(own: OpenPostgres | undefined): Pick<Infra['postgres'], 'kill9' | 'restart'> {
  if (own) return { kill9: own.kill9, restart: own.restart };
  const refuse = async (): Promise<void> => {
    throw new Error('This Postgres is shared by the whole run; ask for one with startInfra({ ownPostgres: true }).');
  };
  return { kill9: refuse, restart: refuse };
}

// Any number that nothing else locks on. `alter role` from two test files at once fails with «tuple concurrently updated».
const BOOTSTRAP_LOCK = 740_118;

/** A database of its own name on a running server, with roles, schemas and rights. */
export async function createDatabase(superUrl: string): Promise<{ database: string; urls: Record<Role, string> }> {
  const database = `test_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
  return withSuper(superUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [BOOTSTRAP_LOCK]);
    return { database, ...(await bootstrapDatabase(superUrl, { database, passwords: TEST_PASSWORDS })) };
  });
}

export async function dropDatabase(superUrl: string, database: string): Promise<void> {
  await withSuper(superUrl, (client) => client.query(`drop database if exists ${client.escapeIdentifier(database)} with (force)`));
}

async function withSuper<T>(superUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: superUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
