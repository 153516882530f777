import { type Kysely, sql } from 'kysely';

/** The newest turns of an agent, for replays. Ids are UUIDv7: their order is the order of time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('create index dispatch_by_agent on conversation.dispatch (agent_id, dispatch_id desc)').execute(db);
}
