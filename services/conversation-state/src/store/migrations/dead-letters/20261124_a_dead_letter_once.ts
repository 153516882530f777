import { type Kysely, sql } from 'kysely';

/** Which delivery a dead letter was: what is read a second time is given up once. Those of before have none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversation.dead_letter add column delivery_key text, add unique (workspace_id, delivery_key)`.execute(db);
}
