import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/**
 * What the provider tells of things that went out, before we know which of ours it means: echoes that may be of a send whose answer has not come, and receipts for
 * everything to one customer up to a time (`agent_id` and `from_address` name the thread).
 */
const tables = `
create table conversation.early_echo (
  workspace_id text collate "C" not null,
  channel_account_id text collate "C" not null,
  provider_message_id text collate "C" not null,
  from_address text collate "C" not null,
  message jsonb not null,
  received_at timestamptz not null,
  primary key (provider_message_id, channel_account_id)
);
create index early_echo_by_age on conversation.early_echo (received_at);
create index early_echo_by_address on conversation.early_echo (workspace_id, from_address);
alter table conversation.early_receipt
  add column agent_id text collate "C" not null default '',
  add column from_address text collate "C" not null default '';
create index early_receipt_by_address on conversation.early_receipt (workspace_id, from_address) where from_address <> '';
`;

// The sweeper sees across tenants that something waits, never what was said.
const rights = `
grant select, insert, update, delete on conversation.early_echo to baton_conversation;
grant select (workspace_id, channel_account_id, provider_message_id, received_at) on conversation.early_echo to baton_conversation_system;
create policy system_echo on conversation.early_echo for select to baton_conversation_system using (true);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(tables).execute(db);
  for (const statement of secureTable('conversation.early_echo')) await sql.raw(statement).execute(db);
  await sql.raw(rights).execute(db);
}
