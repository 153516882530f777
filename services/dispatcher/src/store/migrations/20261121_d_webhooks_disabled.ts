import { type Kysely, sql } from 'kysely';

/** What is still to be said of an endpoint in EVENTS: written down with the change that it tells of, so that a crash in between loses nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table delivery.endpoint add column announcement jsonb`.execute(db);
}
