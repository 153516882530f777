import pg from 'pg';
import type { Query } from './invariants/invariant.ts';

export interface Reader extends AsyncDisposable {
  query: Query;
}

/** What row-level security hides is not looked at, and would pass for sound. */
export class RowsHidden extends Error {}

/**
 * One connection that can write nothing: every statement is a read-only transaction of its own, ended by the server when it takes too long or waits for a lock.
 *
 * @throws RowsHidden when row-level security would hide rows from this role
 */
export async function openReader(o: { url: string; statementTimeoutMs: number }): Promise<Reader> {
  const client = new pg.Client({
    connectionString: o.url,
    application_name: 'baton-verify',
    connectionTimeoutMillis: 10_000,
    statement_timeout: o.statementTimeoutMs,
    lock_timeout: 1_000,
    idle_in_transaction_session_timeout: 10_000,
    // For when the server is behind a black hole.
    query_timeout: o.statementTimeoutMs + 5_000,
  });
  // A connection that breaks while idle is met by the next query.
  client.on('error', () => undefined);
  await client.connect();
  const close = (): Promise<void> => client.end();
  try {
    await client.query('set default_transaction_read_only = on');
    const { rows } = await client.query<{ sees: boolean; role: string }>(
      'select rolsuper or rolbypassrls as sees, rolname as role from pg_roles where rolname = current_user',
    );
    if (!rows[0]?.sees) throw new RowsHidden(`Row-level security hides rows from the role ${rows[0]?.role}.`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    query: async <Row extends object>(sql: string, values: unknown[]) => (await client.query<Row>(sql, values)).rows,
    [Symbol.asyncDispose]: close,
  };
}
