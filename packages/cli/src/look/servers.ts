import { serverOptions } from '@baton/bus/connect.ts';
import { openReader, type Reader, RowsHidden } from '@baton/verify/reader.ts';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Unreachable, UsageError } from '../exit.ts';

/** Postgres, to read from, past row-level security. */
export async function openPostgres(url: string): Promise<Reader> {
  return openReader({ url, statementTimeoutMs: 10_000 }).catch((error: unknown) => {
    if (error instanceof RowsHidden)
      throw new UsageError(`${error.message} See docs/guides/operations.md for a role that sees all of them.`);
    throw error;
  });
}

export async function openNats(url: string): Promise<NatsConnection> {
  try {
    return await connect({ ...serverOptions(url), name: 'baton-cli', timeout: 5_000, reconnect: false });
  } catch (error) {
    throw new Unreachable(`NATS at ${new URL(url).host} cannot be reached: ${(error as Error).message}.`);
  }
}
