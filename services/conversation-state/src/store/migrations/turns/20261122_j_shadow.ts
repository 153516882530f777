import { type Kysely, sql } from 'kysely';

/** A second backend of an agent that is asked the same and never heard, and what it said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table conversation.agent add column shadow_backend jsonb, add column shadow_secret jsonb').execute(db);
  await sql.raw('alter table conversation.dispatch add column shadow jsonb').execute(db);
}
