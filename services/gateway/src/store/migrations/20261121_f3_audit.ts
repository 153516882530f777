import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/** Who did what. The service's role reads it and writes it through a function that only adds: nobody who gets hold of the service can change the past. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // workspace_id: the partner where the request was about no workspace, as in access.idempotency.
  `create table access.audit (
    audit_id text primary key,
    workspace_id text not null,
    created_at timestamptz not null,
    operation text not null,
    api_key_id text not null,
    user_id text,
    partner_id text,
    ip text not null,
    target_ids text[] not null,
    changed_fields text[] not null,
    status smallint not null,
    code text,
    request_id text not null
  )`,
  'create index audit_order on access.audit (workspace_id, audit_id desc)',
  'create index audit_targets on access.audit using gin (target_ids)',
  // Rows come in the order of time, so this stays a few pages however many there are.
  'create index audit_age on access.audit using brin (created_at)',
  ...secureTable('access.audit'),
  'create policy owner on access.audit to baton_owner using (true) with check (true)',
  'grant select on access.audit to baton_access',
  // Rows of many workspaces in one statement, and the same rows again change nothing.
  `create function access.write_audit(entries json) returns void
    language sql volatile security definer set search_path = pg_catalog as
    'insert into access.audit select * from json_populate_recordset(null::access.audit, entries) on conflict (audit_id) do nothing'`,
  `create function access.clear_audit(before timestamptz) returns bigint
    language sql volatile security definer set search_path = pg_catalog as
    'with gone as (delete from access.audit where created_at < before returning 1) select count(*) from gone'`,
  'revoke execute on all functions in schema access from public',
  'grant execute on all functions in schema access to baton_access',
];
