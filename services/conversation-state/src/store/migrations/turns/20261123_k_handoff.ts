import { type Kysely, sql } from 'kysely';

/** What the AI said when it asked for a person: reason, summary. The event passes; whoever takes over reads it later. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table conversation.dispatch add column handoff jsonb').execute(db);
}
