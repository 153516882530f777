import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

/**
 * Webhook endpoints, deliveries and their attempts. What serves all workspaces at once (which endpoints there are, when something is due, clearing
 * away) goes through functions that run as the owner and show no text of anybody.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const tables = [
  `create table delivery.endpoint (
    endpoint_id text collate "C" primary key,
    workspace_id text not null,
    url text not null,
    description text not null,
    event_types text[] not null,
    agent_ids text[] not null,
    enabled boolean not null default true,
    disabled_reason text check (disabled_reason in ('manual', 'failing', 'gone')),
    disabled_at timestamptz,
    timeout_ms int not null,
    secret jsonb not null,
    previous_secret jsonb,
    previous_secret_expires_at timestamptz,
    failing_since timestamptz,
    created_by_command text,
    rotated_by_command text,
    active_from timestamptz not null default now(),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,
    check (enabled = (disabled_reason is null))
  )`,
  'create index endpoint_by_workspace on delivery.endpoint (workspace_id, endpoint_id desc) where deleted_at is null',
  'create unique index endpoint_once on delivery.endpoint (workspace_id, created_by_command) where created_by_command is not null',
  // Once for all endpoints that get it.
  `create table delivery.event (
    event_id text collate "C" primary key,
    workspace_id text not null,
    body text not null
  )`,
  `create table delivery.delivery (
    delivery_id text collate "C" primary key,
    workspace_id text not null,
    endpoint_id text collate "C" not null,
    event_id text collate "C" not null,
    event_type text not null,
    conversation_id text,
    lane_key text collate "C" not null,
    sequence int not null,
    status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
    once boolean not null default false,
    attempts int not null default 0,
    series_attempts int not null default 0,
    replays int not null default 0,
    last_status int,
    last_error text,
    next_attempt_at timestamptz,
    command_id text,
    occurred_at timestamptz not null,
    created_at timestamptz not null default now(),
    settled_at timestamptz,
    unique (endpoint_id, event_id)
  )`,
  `create index delivery_waiting on delivery.delivery (endpoint_id, lane_key, sequence, delivery_id) where status = 'pending'`,
  'create index delivery_by_workspace on delivery.delivery (workspace_id, delivery_id desc)',
  'create index delivery_by_endpoint on delivery.delivery (endpoint_id, delivery_id desc)',
  `create index delivery_dead on delivery.delivery (workspace_id, delivery_id desc) where status = 'dead'`,
  'create unique index delivery_once on delivery.delivery (workspace_id, command_id) where command_id is not null',
  `create table delivery.attempt (
    delivery_id text collate "C" not null,
    number int not null,
    workspace_id text not null,
    started_at timestamptz not null,
    duration_ms int not null,
    url text not null,
    status int,
    error text,
    answer text not null,
    primary key (delivery_id, number)
  )`,
  // One row for each conversation of an endpoint that has something waiting: its lock is what keeps the order, its due time what a worker looks for.
  `create table delivery.lane (
    endpoint_id text collate "C" not null,
    lane_key text collate "C" not null,
    workspace_id text not null,
    due_at timestamptz not null default now(),
    lease_id text,
    primary key (endpoint_id, lane_key)
  ) with (fillfactor = 70)`,
  'create index lane_due on delivery.lane (endpoint_id, due_at)',
  // Not a tenant's: how far EVENTS has been read, and by whom.
  `create table delivery.fan_out (
    only_row boolean primary key default true check (only_row),
    holder text,
    leased_until timestamptz not null default now(),
    stream_created text not null default '',
    position bigint not null default 0,
    seen_until timestamptz not null default now()
  )`,
  'insert into delivery.fan_out default values',
];

const names = ['endpoint', 'event', 'delivery', 'attempt', 'lane'].map((table) => `delivery.${table}`);

// Row-level security is forced on the owner too, so the functions below need a policy that says what they may see.
const policies = names.flatMap((table) => [
  ...secureTable(table),
  `create policy owner on ${table} to baton_owner using (true) with check (true)`,
]);

const functions = [
  `create function delivery.all_endpoints() returns setof delivery.endpoint
    language sql stable security definer set search_path = pg_catalog as
    'select * from delivery.endpoint where deleted_at is null'`,
  `create function delivery.due(wanted text[]) returns table (endpoint_id text, due_in_ms float8)
    language sql stable security definer set search_path = pg_catalog as $$
    select w.id, (select extract(epoch from min(l.due_at) - now()) * 1000 from delivery.lane l where l.endpoint_id = w.id)::float8
    from unnest(wanted) w(id) $$`,
  // Lanes are locked before it is asked whether anything waits in them: each statement of the function sees what was committed meanwhile.
  `create function delivery.clear_deliveries(older_than text, most int) returns int
    language plpgsql volatile security definer set search_path = pg_catalog as $$
    declare
      old text[];
      lanes record;
    begin
      select array_agg(x.delivery_id) into old from (
        (select d.delivery_id from delivery.delivery d where d.delivery_id < older_than order by d.delivery_id limit most)
        union
        (select d.delivery_id from delivery.endpoint e join delivery.delivery d on d.endpoint_id = e.endpoint_id where e.deleted_at is not null limit most)
      ) x;
      if old is null then return 0; end if;
      perform 1 from delivery.lane l
        where (l.endpoint_id, l.lane_key) in (select d.endpoint_id, d.lane_key from delivery.delivery d where d.delivery_id = any(old) and d.status = 'pending')
        order by l.endpoint_id, l.lane_key for update;
      for lanes in delete from delivery.delivery d where d.delivery_id = any(old) returning d.endpoint_id, d.lane_key, d.status loop
        delete from delivery.lane l where lanes.status = 'pending' and l.endpoint_id = lanes.endpoint_id and l.lane_key = lanes.lane_key and not exists
          (select from delivery.delivery d where d.endpoint_id = l.endpoint_id and d.lane_key = l.lane_key and d.status = 'pending');
      end loop;
      delete from delivery.attempt a where a.delivery_id = any(old);
      return cardinality(old);
    end $$`,
  `create function delivery.clear_events(older_than text, most int) returns bigint
    language sql volatile security definer set search_path = pg_catalog as $$
    with old as (delete from delivery.event where event_id in
      (select event_id from delivery.event where event_id < older_than order by event_id limit most) returning 1)
    select count(*) from old $$`,
  `create function delivery.clear_endpoints() returns void
    language sql volatile security definer set search_path = pg_catalog as $$
    delete from delivery.endpoint e where e.deleted_at < now() - interval '1 hour'
      and not exists (select from delivery.delivery d where d.endpoint_id = e.endpoint_id) $$`,
  'revoke execute on all functions in schema delivery from public',
];

const rights = [
  'grant select, insert, update on delivery.endpoint, delivery.delivery, delivery.attempt, delivery.event to baton_delivery',
  'grant select, insert, update, delete on delivery.lane to baton_delivery',
  'grant select, update on delivery.fan_out to baton_delivery',
  'grant execute on all functions in schema delivery to baton_delivery',
];

const statements = [...tables, ...policies, ...functions, ...rights];
