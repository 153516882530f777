import { type Kysely, sql } from 'kysely';

/** What stands as given up, of all workspaces at once, for whoever runs the installation: never the payload. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`grant select (dead_letter_id, workspace_id, subject, error, attempts, trace_id, state, created_at)
    on conversation.dead_letter to baton_conversation_system`.execute(db);
  await sql`create policy system_dead_letter on conversation.dead_letter for select to baton_conversation_system using (true)`.execute(db);
}
