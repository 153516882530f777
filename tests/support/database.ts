import pg from 'pg';
import type { Json } from './api.ts';
import type { Product } from './product.ts';

export type Database = AsyncDisposable & { rows(sql: string, values?: unknown[]): Promise<Json[]> };

/** Reads the product's tables as the super user: what a checker believes instead of what the services say. */
export function openDatabase(product: Product): Database {
  const pool = new pg.Pool({ connectionString: product.databaseUrl, max: 2 });
  // A restarted server breaks idle connections; the next query makes a new one.
  pool.on('error', () => undefined);
  return {
    rows: async (sql, values = []) => (await pool.query(sql, values)).rows,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
