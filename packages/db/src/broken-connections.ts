import type pg from 'pg';

/**
 * A connection that breaks must cost its query, not the process. The pool listens only to connections that nobody holds; of one that is held, between two
 * statements of a transaction, Node ends the process unless somebody listens. Its holder learns from the next statement, and the pool lets go of it.
 */
export function bearBrokenConnections(pool: pg.Pool, onError: ((error: Error) => void) | undefined): void {
  pool.on('error', (error) => onError?.(error));
  pool.on('connect', (client) => client.on('error', () => undefined));
}
