import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table delivery.dead_letter (
      dead_letter_id text primary key,
      workspace_id text not null,
      delivery_key text not null,
      subject text not null,
      payload text not null,
      error text not null,
      attempts int not null,
      trace_id text,
      state text not null default 'open' check (state in ('open', 'retried', 'dropped')),
      created_at timestamptz not null default now(),
      settled_at timestamptz,
      unique (workspace_id, delivery_key)
    )`.execute(db);
  // Ids are UUIDv7: their order is the order of time.
  await sql`create index dead_letter_by_workspace on delivery.dead_letter (workspace_id, dead_letter_id desc)`.execute(db);
  for (const statement of secureTable('delivery.dead_letter')) await sql.raw(statement).execute(db);
  await sql`grant select, insert, update on delivery.dead_letter to baton_delivery`.execute(db);
}
