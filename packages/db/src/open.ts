import { Kysely, PostgresDialect } from 'kysely';
import { bearBrokenConnections } from './broken-connections.ts';
import { pg } from './driver.ts';

export interface Database<DB> extends AsyncDisposable {
  db: Kysely<DB>;
  pool: pg.Pool;
  /** undefined when a query gets through, else one sentence (for readiness). */
  problem(): Promise<string | undefined>;
}

export interface OpenOptions {
  url: string;
  name: string;
  poolSize: number;
  /** A statement that runs longer is ended by the server. */
  statementTimeoutMs?: number;
  /** A transaction that nobody goes on with for so long is ended by the server. */
  idleInTransactionMs?: number;
  /** Commits do not wait for the disk: for what may be done again after a crash of the database's machine. */
  forgettable?: boolean;
  /** Told of broken idle connections; the pool replaces them by itself. */
  onError?: (error: Error) => void;
}

/** A pool and Kysely on top. Connections are made when first needed, so it opens while Postgres is down. */
export function openDatabase<DB>(o: OpenOptions): Database<DB> {
  const pool = new pg.Pool({
    connectionString: o.url,
    application_name: o.name,
    max: o.poolSize,
    ...(o.forgettable && { options: '-c synchronous_commit=off' }),
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: o.statementTimeoutMs ?? 15_000,
    idle_in_transaction_session_timeout: o.idleInTransactionMs ?? 15_000,
    lock_timeout: 10_000,
    // The server's own limits do not help when the server is behind a black hole.
    query_timeout: 30_000,
  });
  bearBrokenConnections(pool, o.onError);
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    pool,
    async problem() {
      try {
        await pool.query('select 1');
        return undefined;
      } catch (error) {
        return `Postgres does not answer: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
    async [Symbol.asyncDispose]() {
      await db.destroy();
      // Kysely ends the pool only if it was ever used through Kysely; connections of direct queries would hold the process up for a minute.
      if (!pool.ending) await pool.end();
    },
  };
}
