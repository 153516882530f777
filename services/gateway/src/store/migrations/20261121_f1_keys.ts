import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/** Keys that are managed through the API: partners see their own, a rotated secret stays valid for a while. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table access.api_keys add column hint text not null default ''`,
  // The command that made the key: run again after a crash it replaces the secret that nobody was shown instead of making a second key.
  'alter table access.api_keys add column command_id text unique',
  'create index api_keys_partner on access.api_keys (partner_id)',
  // A partner's keys belong to no workspace; a transaction that names the partner sees them.
  `create policy partner on access.api_keys
    using (array_position((select string_to_array(current_setting('app.workspaces', true), ',')), partner_id) is not null)
    with check (array_position((select string_to_array(current_setting('app.workspaces', true), ',')), partner_id) is not null)`,
  'grant update (key_hash, hint) on access.api_keys to baton_access',
  // workspace_id: the partner where the key is a partner's, as in access.idempotency.
  `create table access.retired_secrets (
    key_hash bytea primary key,
    key_id text not null references access.api_keys,
    workspace_id text not null,
    expires_at timestamptz not null
  )`,
  'create index retired_secrets_key on access.retired_secrets (key_id)',
  ...secureTable('access.retired_secrets'),
  'create policy owner on access.retired_secrets to baton_owner using (true) with check (true)',
  'grant select, insert on access.retired_secrets to baton_access',
  // The columns are named in the order of the table, which is the type that it returns.
  `create or replace function access.find_key(wanted bytea) returns setof access.api_keys
    language sql stable security definer set search_path = pg_catalog as
    'select * from access.api_keys where key_hash = wanted
     union all
     select k.key_id, k.workspace_id, k.partner_id, k.name, k.key_hash, k.scopes, k.created_at, k.last_used_at,
       least(k.expires_at, r.expires_at), k.revoked_at, k.hint, k.command_id
     from access.retired_secrets r join access.api_keys k on k.key_id = r.key_id where r.key_hash = wanted'`,
  `create or replace function access.clear_expired() returns void
    language sql volatile security definer set search_path = pg_catalog as
    'delete from access.idempotency where expires_at < now();
     delete from access.stream_tickets where expires_at < now();
     delete from access.retired_secrets where expires_at < now()'`,
];
