import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/**
 * Keys, tickets and stored answers. The service's role sees only rows of the workspaces it names, as everywhere. What must work before a
 * workspace is known (finding a key, redeeming a ticket) and what serves all of them (clearing away what has expired) goes through functions
 * that run as the owner: each takes a SHA-256 that only the bearer of the secret can produce, or touches nothing but expired rows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const tables = [
  `create table access.api_keys (
    key_id text primary key,
    workspace_id text,
    partner_id text,
    name text not null,
    key_hash bytea not null unique check (octet_length(key_hash) = 32),
    scopes text[] not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    check ((workspace_id is null) <> (partner_id is null))
  )`,
  'create index api_keys_workspace on access.api_keys (workspace_id)',
  `create table access.idempotency (
    workspace_id text not null,
    key_id text not null,
    idempotency_key text not null,
    request_hash bytea not null,
    command_id text not null,
    lease_id text not null,
    leased_until timestamptz not null,
    status int,
    answer jsonb,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (workspace_id, key_id, idempotency_key)
  )`,
  'create index idempotency_expired on access.idempotency (expires_at)',
  `create table access.stream_tickets (
    ticket_hash bytea primary key,
    workspace_id text not null,
    key_hash bytea not null,
    expires_at timestamptz not null
  )`,
  'create index stream_tickets_expired on access.stream_tickets (expires_at)',
];

const names = ['access.api_keys', 'access.idempotency', 'access.stream_tickets'];

// Row-level security is forced on the owner too, so the functions below need a policy that says what they may see.
const policies = names.flatMap((table) => [
  ...secureTable(table),
  `create policy owner on ${table} to baton_owner using (true) with check (true)`,
]);

const functions = [
  `create function access.find_key(wanted bytea) returns setof access.api_keys
    language sql stable security definer set search_path = pg_catalog as
    'select * from access.api_keys where key_hash = wanted'`,
  `create function access.touch_keys(used text[], at timestamptz) returns void
    language sql volatile security definer set search_path = pg_catalog as
    'update access.api_keys set last_used_at = greatest(last_used_at, at) where key_id = any(used)'`,
  // The delete is what makes a ticket count once: of two that redeem it at the same moment, one finds no row.
  `create function access.redeem_ticket(wanted bytea) returns table (workspace_id text, key_hash bytea)
    language sql volatile security definer set search_path = pg_catalog as
    'delete from access.stream_tickets t where t.ticket_hash = wanted and t.expires_at > now() returning t.workspace_id, t.key_hash'`,
  `create function access.clear_expired() returns void
    language sql volatile security definer set search_path = pg_catalog as
    'delete from access.idempotency where expires_at < now(); delete from access.stream_tickets where expires_at < now()'`,
  'revoke execute on all functions in schema access from public',
];

const rights = [
  'grant select, insert on access.api_keys to baton_access',
  'grant update (name, scopes, expires_at, revoked_at) on access.api_keys to baton_access',
  'grant select, insert, update, delete on access.idempotency to baton_access',
  'grant insert on access.stream_tickets to baton_access',
  'grant execute on all functions in schema access to baton_access',
];

const statements = [...tables, ...policies, ...functions, ...rights];
