import { type Kysely, sql } from 'kysely';

/** Suggestions have a life of their own: who sent or dropped them, and lists of those that wait. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table conversation.dispatch add column suggestion_status text collate "C", add column suggestion_end jsonb',
  // Without this, tables that are forced under row-level security would show the owner none of their rows.
  'alter table conversation.dispatch no force row level security',
  `update conversation.dispatch set suggestion_status = 'open' where suggestion is not null`,
  'alter table conversation.dispatch force row level security',
  // Few dispatches have one, so those that have none do not pay for it.
  `create index dispatch_by_suggestion on conversation.dispatch (workspace_id, suggestion_status, dispatch_id desc) where suggestion_status is not null`,
];
