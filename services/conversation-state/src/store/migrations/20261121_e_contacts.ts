import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

const tables = `
-- version: what the fence of a contact's changes looks at. merged_into: a tombstone, which holds nothing but the way to the contact it became.
alter table conversation.contact
  add column version int not null default 1,
  add column merged_into text collate "C",
  add column erased_at timestamptz;
create index contact_by_workspace on conversation.contact (workspace_id, contact_id desc) where merged_into is null and erased_at is null;
create index contact_tombstones on conversation.contact (merged_into) where merged_into is not null;
create table conversation.contact_history (
  position bigint generated always as identity primary key,
  workspace_id text collate "C" not null,
  contact_id text collate "C" not null,
  action text collate "C" not null,
  detail jsonb not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C" not null,
  created_at timestamptz not null
);
create index contact_history_by_contact on conversation.contact_history (contact_id, position desc);
create table conversation.opt_out_history (
  position bigint generated always as identity primary key,
  workspace_id text collate "C" not null,
  agent_id text collate "C" not null,
  address text collate "C" not null,
  action text collate "C" not null,
  keyword text collate "C" not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C" not null,
  created_at timestamptz not null
);
create index opt_out_history_by_address on conversation.opt_out_history (address, agent_id, position desc);
create index opt_out_by_workspace on conversation.opt_out (workspace_id, created_at desc, agent_id, address);
`;

const tenantTables = ['contact_history', 'opt_out_history'];

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(tables).execute(db);
  for (const table of tenantTables) {
    for (const statement of secureTable(`conversation.${table}`)) await sql.raw(statement).execute(db);
    await sql.raw(`grant select, insert, update, delete on conversation.${table} to baton_conversation`).execute(db);
  }
}
