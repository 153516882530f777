import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/** The people of a workspace. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table access.users (
    user_id text primary key,
    workspace_id text not null,
    email text not null,
    display_name text not null,
    role text not null check (role in ('owner', 'operator', 'viewer')),
    enabled boolean not null,
    password_hash text,
    command_id text unique,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  'create unique index users_email on access.users (workspace_id, lower(email))',
  ...secureTable('access.users'),
  'create policy owner on access.users to baton_owner using (true) with check (true)',
  // Everything but the password: whoever signs people in is to be given that, and nobody else.
  `grant select (user_id, workspace_id, email, display_name, role, enabled, command_id, created_at, updated_at) on access.users to baton_access`,
  `grant insert (user_id, workspace_id, email, display_name, role, enabled, command_id, created_at, updated_at) on access.users to baton_access`,
  'grant update (email, display_name, role, enabled, updated_at) on access.users to baton_access',
  'grant delete on access.users to baton_access',
];
