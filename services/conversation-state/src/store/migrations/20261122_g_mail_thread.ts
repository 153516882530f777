import { type Kysely, sql } from 'kysely';

/** What the next mail of a conversation answers: its subject and the ids of the mails before it. null for whoever writes no mails. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversation.conversation add column mail_thread jsonb`.execute(db);
}
