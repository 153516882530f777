import { type Kysely, sql } from 'kysely';

/**
 * What stands as given up, of all workspaces at once, for whoever runs the installation: without payloads, bodies or answers. A dead delivery that a person has
 * given up is marked; should it die anew after a replay, it counts again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table delivery.delivery add column dropped_at timestamptz',
  // Row-level security is forced on the owner too, as whom the functions below run.
  'create policy owner on delivery.dead_letter for select to baton_owner using (true)',
  `create function delivery.survey_dead_letters(workspace text, in_state text, id text, before text, most int) returns table (
      dead_letter_id text, workspace_id text, subject text, error text, attempts int, trace_id text, state text, created_at timestamptz)
    language sql stable security definer set search_path = pg_catalog as $$
    select d.dead_letter_id, d.workspace_id, d.subject, d.error, d.attempts, d.trace_id, d.state, d.created_at from delivery.dead_letter d
    where (workspace is null or d.workspace_id = workspace) and (in_state is null or d.state = in_state) and (id is null or d.dead_letter_id = id)
      and (before is null or d.dead_letter_id < before)
    order by d.dead_letter_id desc limit most $$`,
  `create function delivery.survey_dead_deliveries(workspace text, id text, dropped_too boolean, before text, most int) returns setof delivery.delivery
    language sql stable security definer set search_path = pg_catalog as $$
    select * from delivery.delivery d
    where d.status = 'dead' and (workspace is null or d.workspace_id = workspace) and (id is null or d.delivery_id = id)
      and (dropped_too or d.dropped_at is null or d.dropped_at < d.settled_at) and (before is null or d.delivery_id < before)
    order by d.delivery_id desc limit most $$`,
  'revoke execute on function delivery.survey_dead_letters, delivery.survey_dead_deliveries from public',
  'grant execute on function delivery.survey_dead_letters, delivery.survey_dead_deliveries to baton_delivery',
];
