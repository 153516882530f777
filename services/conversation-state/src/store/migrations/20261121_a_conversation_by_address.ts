import { type Kysely, sql } from 'kysely';

/**
 * Finds the conversations of a customer's address whatever the agent: dialects name a conversation by it. Neither column ever changes, so only the
 * first message of a conversation pays for it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index conversation_by_address on conversation.conversation (workspace_id, remote_address)`.execute(db);
}
