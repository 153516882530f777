import { type Kysely, sql } from 'kysely';

/** Whose conversation it is while a person answers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table conversation.conversation add column taken_over_by text collate "C"',
  // Without this, tables that are forced under row-level security would show the owner none of their rows.
  'alter table conversation.conversation no force row level security',
  'alter table conversation.mode_history no force row level security',
  `update conversation.conversation c set taken_over_by = h.actor_id from conversation.mode_history h
    where c.ai_mode = 'human' and h.conversation_id = c.conversation_id and h.mode_epoch = c.mode_epoch and h.actor_kind = 'user'`,
  'alter table conversation.mode_history force row level security',
  'alter table conversation.conversation force row level security',
  // Few conversations are somebody's at a time, so the others do not pay for it.
  'create index conversation_by_holder on conversation.conversation (workspace_id, taken_over_by) where taken_over_by is not null',
];
