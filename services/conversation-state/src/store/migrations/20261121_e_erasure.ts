import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

const tables = `
-- Without it a hash of a phone number is as good as the number: there are few enough to try them all.
alter table conversation.workspace add column suppression_salt text collate "C" not null default gen_random_uuid()::text;
-- What is left of an opt-out after its address was erased: enough to know the address again when it comes back, not to tell what it was.
create table conversation.erased_opt_out (
  workspace_id text collate "C" not null,
  agent_id text collate "C" not null,
  address_hash text collate "C" not null,
  keyword text collate "C" not null,
  created_at timestamptz not null,
  primary key (agent_id, address_hash)
);
create function conversation.address_hash(salt text, address text) returns text language sql immutable parallel safe
return encode(sha256(convert_to(salt || ' ' || address, 'UTF8')), 'hex');
-- One row for each erasure: where it stands, and what it came to. addresses: needed to find what names no contact, emptied as soon as that is done.
create table conversation.erasure (
  contact_id text collate "C" primary key,
  workspace_id text collate "C" not null,
  state text collate "C" not null,
  step text collate "C" not null,
  place jsonb not null,
  addresses text[] not null,
  conversations int not null,
  messages int not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C" not null,
  requested_at timestamptz not null,
  due_at timestamptz,
  erased_at timestamptz
);
create index erasure_unfinished on conversation.erasure (due_at) where state <> 'done';
`;

const systemRights = `
grant select (contact_id, workspace_id, state, due_at) on conversation.erasure to baton_conversation_system;
create policy system_erasure on conversation.erasure for select to baton_conversation_system using (true);
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(tables).execute(db);
  for (const table of ['erased_opt_out', 'erasure']) {
    for (const statement of secureTable(`conversation.${table}`)) await sql.raw(statement).execute(db);
    await sql.raw(`grant select, insert, update, delete on conversation.${table} to baton_conversation`).execute(db);
  }
  await sql.raw(systemRights).execute(db);
}
