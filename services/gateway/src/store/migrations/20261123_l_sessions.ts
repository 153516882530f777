import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/**
 * People who sign in. As with keys, what must work before a workspace is known (finding a session, a password, whom a link is for) goes through functions of
 * the owner, each for exactly one hash, address or person: the service's role can read no password but that of somebody who is just signing in.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const users = [
  'alter table access.users add column last_signed_in_at timestamptz',
  'alter table access.users add column has_password boolean not null generated always as (password_hash is not null) stored',
  'create index users_email_anywhere on access.users (lower(email))',
  'grant select (last_signed_in_at, has_password) on access.users to baton_access',
  'grant update (last_signed_in_at, password_hash) on access.users to baton_access',
];

const tables = [
  `create table access.sessions (
    session_id text primary key,
    workspace_id text not null,
    user_id text not null references access.users on delete cascade,
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    method text not null check (method in ('password', 'one_time_link', 'oidc')),
    ip text not null,
    user_agent text not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    idle_expires_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  'create index sessions_user on access.sessions (user_id)',
  'create index sessions_expired on access.sessions (least(idle_expires_at, expires_at))',
  `create table access.one_time_tokens (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    workspace_id text not null,
    user_id text not null references access.users on delete cascade,
    purpose text not null check (purpose in ('sign_in', 'set_password')),
    expires_at timestamptz not null
  )`,
  'create index one_time_tokens_user on access.one_time_tokens (user_id)',
  'create index one_time_tokens_expired on access.one_time_tokens (expires_at)',
  // Of no workspace: an address that somebody tries may be of none, or of several. Only the function below touches it, and all it holds is hashes.
  `create table access.sign_in_attempts (
    subject bytea primary key,
    attempts int not null,
    locked_until timestamptz not null,
    expires_at timestamptz not null
  )`,
  'create index sign_in_attempts_expired on access.sign_in_attempts (expires_at)',
];

const policies = [
  ...['access.sessions', 'access.one_time_tokens'].flatMap((table) => [
    ...secureTable(table),
    `create policy owner on ${table} to baton_owner using (true) with check (true)`,
  ]),
  'alter table access.sign_in_attempts enable row level security',
  'alter table access.sign_in_attempts force row level security',
  'create policy owner on access.sign_in_attempts to baton_owner using (true) with check (true)',
];

const person =
  'u.user_id, u.email, u.display_name, u.role, u.enabled, u.has_password, u.last_signed_in_at, u.created_at as user_created_at, u.updated_at as user_updated_at';
const personColumns =
  'user_id text, email text, display_name text, role text, enabled boolean, has_password boolean, last_signed_in_at timestamptz, user_created_at timestamptz, user_updated_at timestamptz';

const functions = [
  `create function access.find_session(wanted bytea) returns table (session_id text, workspace_id text, expires_at timestamptz, ${personColumns})
    language sql stable security definer set search_path = pg_catalog as
    'select s.session_id, s.workspace_id, s.expires_at, ${person}
     from access.sessions s join access.users u on u.user_id = s.user_id
     where s.token_hash = wanted and u.enabled and least(s.idle_expires_at, s.expires_at) > now()'`,
  `create function access.touch_sessions(used text[], idle interval) returns void
    language sql volatile security definer set search_path = pg_catalog as
    'update access.sessions set last_used_at = now(), idle_expires_at = now() + idle where session_id = any(used) and idle_expires_at > now()'`,
  `create function access.find_one_time_token(wanted bytea, wanted_purpose text) returns table (workspace_id text, user_id text)
    language sql stable security definer set search_path = pg_catalog as
    'select t.workspace_id, t.user_id from access.one_time_tokens t join access.users u on u.user_id = t.user_id
     where t.token_hash = wanted and t.purpose = wanted_purpose and t.expires_at > now() and u.enabled'`,
  // The delete is what makes a token count once.
  `create function access.redeem_one_time_token(wanted bytea, wanted_purpose text) returns table (workspace_id text, user_id text)
    language sql volatile security definer set search_path = pg_catalog as
    'delete from access.one_time_tokens t using access.users u
     where t.token_hash = wanted and t.purpose = wanted_purpose and t.expires_at > now() and u.user_id = t.user_id and u.enabled
     returning t.workspace_id, t.user_id'`,
  // Where somebody is known in several workspaces, those they have last been in come first; more than five are told apart by naming one.
  `create function access.find_passwords(wanted_email text, wanted_workspace text)
    returns table (workspace_id text, user_id text, password_hash text)
    language sql stable security definer set search_path = pg_catalog as
    'select u.workspace_id, u.user_id, u.password_hash from access.users u
     where lower(u.email) = lower(wanted_email) and u.enabled and u.has_password and (wanted_workspace is null or u.workspace_id = wanted_workspace)
     order by u.last_signed_in_at desc nulls last, u.user_id limit 5'`,
  `create function access.find_password(wanted_user text) returns text
    language sql stable security definer set search_path = pg_catalog as
    'select u.password_hash from access.users u where u.user_id = wanted_user and u.enabled'`,
];

/**
 * Counts an attempt before it is made, so that many at once are no more than many one after the other; while one of its subjects is locked nothing is counted
 * and the seconds to wait are answered. From `free` attempts on each one locks for twice as long as the one before, up to 15 minutes.
 */
const attempts = [
  `create function access.take_sign_in_attempt(subjects bytea[], free int[], remembered interval) returns int
    language plpgsql volatile security definer set search_path = pg_catalog as $$
    declare wait int;
    begin
      perform pg_advisory_xact_lock(hashtextextended(encode(s, 'hex'), 0)) from (select unnest(subjects) as s order by 1) as sorted;
      select max(ceil(extract(epoch from locked_until - now()))) into wait
        from access.sign_in_attempts where subject = any(subjects) and locked_until > now();
      if wait > 0 then return wait; end if;
      insert into access.sign_in_attempts as a (subject, attempts, locked_until, expires_at)
        select s, 1, now(), now() + remembered from unnest(subjects) as s
        on conflict (subject) do update set
          attempts = case when a.expires_at <= now() then 1 else a.attempts + 1 end,
          expires_at = excluded.expires_at;
      update access.sign_in_attempts a
        set locked_until = now() + least(900, 15 * 2 ^ least(a.attempts - s.free, 10)) * interval '1 second'
        from unnest(subjects, free) as s(subject, free) where a.subject = s.subject and a.attempts >= s.free;
      return 0;
    end $$`,
  // `own`: what is about this person alone starts anew. The others (an address, which may be that of an office) lose but this one attempt.
  `create function access.forget_sign_in_attempts(own bytea[], others bytea[]) returns void
    language sql volatile security definer set search_path = pg_catalog as
    'delete from access.sign_in_attempts where subject = any(own);
     update access.sign_in_attempts set attempts = attempts - 1, locked_until = now() where subject = any(others)'`,
  `create or replace function access.clear_expired() returns void
    language sql volatile security definer set search_path = pg_catalog as
    'delete from access.idempotency where expires_at < now();
     delete from access.stream_tickets where expires_at < now();
     delete from access.retired_secrets where expires_at < now();
     delete from access.sessions where least(idle_expires_at, expires_at) < now();
     delete from access.one_time_tokens where expires_at < now();
     delete from access.sign_in_attempts where expires_at < now()'`,
];

const rights = [
  'revoke execute on all functions in schema access from public',
  'grant execute on all functions in schema access to baton_access',
  `grant select (session_id, workspace_id, user_id, method, ip, user_agent, created_at, last_used_at, idle_expires_at, expires_at)
    on access.sessions to baton_access`,
  'grant insert, delete on access.sessions to baton_access',
  'grant insert, delete on access.one_time_tokens to baton_access',
  'grant select (workspace_id, user_id, purpose) on access.one_time_tokens to baton_access',
];

const statements = [...users, ...tables, ...policies, ...functions, ...attempts, ...rights];
