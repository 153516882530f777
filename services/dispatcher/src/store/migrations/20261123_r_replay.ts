import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/**
 * Replays: past turns put to another AI backend. What customers wrote is not kept here, it is read where it stands. What serves all workspaces at once (which
 * replays have something to do, clearing away) goes through functions that run as the owner and show no text of anybody.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const tables = [
  `create table delivery.replay (
    replay_id text collate "C" primary key,
    workspace_id text not null,
    name text not null,
    selection jsonb not null,
    backend jsonb not null,
    max_tokens bigint,
    status text not null default 'queued' check (status in ('queued', 'running', 'completed', 'cancelled', 'failed')),
    error text,
    total int not null,
    done int not null default 0,
    failed int not null default 0,
    skipped int not null default 0,
    failures_in_row int not null default 0,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    created_by_command text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    ended_at timestamptz,
    check ((ended_at is null) = (status in ('queued', 'running')))
  )`,
  'create index replay_by_workspace on delivery.replay (workspace_id, replay_id desc)',
  'create index replay_open on delivery.replay (replay_id) where ended_at is null',
  'create unique index replay_once on delivery.replay (workspace_id, created_by_command) where created_by_command is not null',
  `create table delivery.replay_turn (
    replay_id text collate "C" not null references delivery.replay on delete cascade,
    position int not null,
    workspace_id text not null,
    conversation_id text not null,
    dispatch_id text not null,
    agent_id text not null,
    -- The dispatch id that the backend is told: the past one's answer may be remembered there. The same at every attempt.
    asked_as text not null,
    status text not null default 'pending' check (status in ('pending', 'done', 'failed', 'skipped')),
    attempts int not null default 0,
    lease_id text,
    leased_until timestamptz,
    error text,
    answer jsonb,
    primary key (replay_id, position)
  )`,
  `create index replay_turn_pending on delivery.replay_turn (replay_id, position) where status = 'pending'`,
  'create index replay_turn_by_conversation on delivery.replay_turn (conversation_id)',
];

const names = ['delivery.replay', 'delivery.replay_turn'];

const policies = names.flatMap((table) => [
  ...secureTable(table),
  `create policy owner on ${table} to baton_owner using (true) with check (true)`,
]);

const functions = [
  // Oldest first: those that a turn of waits to be asked, or to be taken over from an instance that is gone.
  `create function delivery.replays_to_do() returns table (replay_id text, workspace_id text)
    language sql stable security definer set search_path = pg_catalog as $$
    select r.replay_id, r.workspace_id from delivery.replay r where r.ended_at is null and exists
      (select from delivery.replay_turn t where t.replay_id = r.replay_id and t.status = 'pending' and (t.leased_until is null or t.leased_until <= now()))
      order by r.replay_id $$`,
  `create function delivery.clear_replays(older_than text, most int) returns int
    language sql volatile security definer set search_path = pg_catalog as $$
    with old as (delete from delivery.replay where replay_id in
      (select x.replay_id from delivery.replay x where x.replay_id < older_than order by x.replay_id limit most) returning 1)
    select count(*)::int from old $$`,
  'revoke execute on function delivery.replays_to_do, delivery.clear_replays from public',
];

const rights = [
  'grant select, insert, update, delete on delivery.replay, delivery.replay_turn to baton_delivery',
  'grant execute on function delivery.replays_to_do, delivery.clear_replays to baton_delivery',
];

const statements = [...tables, ...policies, ...functions, ...rights];
