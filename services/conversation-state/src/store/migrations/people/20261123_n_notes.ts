import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

const table = `
create table conversation.note (
  note_id text collate "C" primary key,
  workspace_id text collate "C" not null,
  conversation_id text collate "C" not null,
  text text not null,
  author_kind text collate "C" not null,
  author_id text collate "C" not null,
  editor_kind text collate "C" not null,
  editor_id text collate "C" not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index note_by_conversation on conversation.note (conversation_id, note_id desc);
`;

/** What people tell each other about a conversation. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(table).execute(db);
  for (const statement of secureTable('conversation.note')) await sql.raw(statement).execute(db);
  await sql.raw('grant select, insert, update, delete on conversation.note to baton_conversation').execute(db);
}
