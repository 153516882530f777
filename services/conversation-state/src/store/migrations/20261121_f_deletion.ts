import { type Kysely, sql } from 'kysely';

/** Agents and channel accounts can be deleted; what was said through them still names them, so the rows stay. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table conversation.agent add column deleted_at timestamptz',
  'alter table conversation.channel_account add column deleted_at timestamptz',
  // "Is anything open on this account?", without a look at every conversation. Not `where closed_at is null`: while tables are small, the planner would take this
  // index for looking up an open thread, and read all of it each time.
  `create index conversation_open_by_account on conversation.conversation (channel_account_id) where ai_mode <> 'closed'`,
  'create index workspace_by_partner on conversation.workspace (partner_id, created_at desc, workspace_id desc)',
];
