import { type Kysely, sql } from 'kysely';

/** What waits in the outbox when the EVENTS stream was lost may have been in it: it is marked like what is filled in again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`grant update (again) on conversation.outbox to baton_conversation_system`.execute(db);
}
