import { type Kysely, sql } from 'kysely';

/** Lists a workspace's conversations in the order they began. Neither column ever changes, so only the first message of a conversation pays for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index conversation_by_creation on conversation.conversation (workspace_id, conversation_id)`.execute(db);
}
