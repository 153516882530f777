import { type Kysely, sql } from 'kysely';

/**
 * Everything that was kept of a conversation whose customer is erased. Lanes are locked first, as wherever deliveries are cleared away: each statement of
 * the function sees what was committed meanwhile.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index delivery_by_conversation on delivery.delivery (conversation_id) where conversation_id is not null`.execute(db);
  await sql`create function delivery.erase_conversation(workspace text, conversation text) returns int
    language plpgsql volatile security definer set search_path = pg_catalog as $$
    declare
      gone int;
    begin
      perform 1 from delivery.lane l where l.workspace_id = workspace and l.lane_key = conversation
        and l.endpoint_id in (select d.endpoint_id from delivery.delivery d where d.conversation_id = conversation)
        order by l.endpoint_id for update;
      with old as (
        delete from delivery.delivery d where d.workspace_id = workspace and d.conversation_id = conversation
          returning d.delivery_id, d.event_id, d.endpoint_id),
      attempts as (delete from delivery.attempt a using old where a.delivery_id = old.delivery_id),
      events as (delete from delivery.event e where e.event_id in (select old.event_id from old)),
      lanes as (delete from delivery.lane l where l.lane_key = conversation and l.endpoint_id in (select old.endpoint_id from old))
      select count(*) into gone from old;
      return gone;
    end $$`.execute(db);
  await sql`revoke execute on function delivery.erase_conversation from public`.execute(db);
  await sql`grant execute on function delivery.erase_conversation to baton_delivery`.execute(db);
}
