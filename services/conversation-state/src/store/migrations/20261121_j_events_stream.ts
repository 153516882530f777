import { type Kysely, sql } from 'kysely';

/**
 * Which EVENTS stream our events were published to, so that one made anew is noticed; and a mark on what is published into it again, which readers of the
 * stream have had before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table conversation.outbox add column again boolean not null default false`.execute(db);
  await sql`create table conversation.events_stream (
    only_row boolean primary key default true check (only_row),
    created text not null default ''
  )`.execute(db);
  await sql`insert into conversation.events_stream default values`.execute(db);
  await sql`grant select, update on conversation.events_stream to baton_conversation_system`.execute(db);
  await sql`grant insert on conversation.outbox to baton_conversation_system`.execute(db);
}
