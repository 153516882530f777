import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { bearBrokenConnections } from './broken-connections.ts';

/**
 * Brings one schema up to date as its owner. Instances that start together wait for each other (Kysely holds an advisory lock);
 * a failed migration leaves nothing behind. Keys of `migrations` are `<date>_<name>` and decide the order.
 */
export async function migrate(o: { ownerUrl: string; schema: string; migrations: Record<string, Migration> }): Promise<void> {
  const pool = new pg.Pool({ connectionString: o.ownerUrl, max: 2, application_name: `baton-migrate-${o.schema}` });
  bearBrokenConnections(pool, undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => o.migrations },
      migrationTableSchema: o.schema,
    });
    const { error } = await migrator.migrateToLatest();
    if (error) throw new Error(`Migrating the schema ${o.schema} failed.`, { cause: error });
  } finally {
    await db.destroy();
  }
}
