import { type Kysely, sql } from 'kysely';

/**
 * A message of unknown fate may still arrive, so the answer to a takeover names it. A column of its own, as with `open`: an index on the status itself
 * would be touched by every receipt.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversation.message add column doubtful boolean not null generated always as (status = 'unknown') stored`.execute(
    db,
  );
  await sql`create index message_doubtful_sends on conversation.message (conversation_id) where doubtful`.execute(db);
}
