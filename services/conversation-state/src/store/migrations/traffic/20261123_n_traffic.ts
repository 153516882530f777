import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

const tables = `
-- What was counted in a minute, by what it is: messages, turns by outcome, turns by how long they took.
create table conversation.traffic (
  workspace_id text collate "C" not null,
  minute timestamptz not null,
  what text collate "C" not null,
  count int not null,
  primary key (workspace_id, minute, what)
);
create index traffic_by_age on conversation.traffic (minute);
create table conversation.account_traffic (
  channel_account_id text collate "C" primary key,
  workspace_id text collate "C" not null,
  last_received_at timestamptz,
  last_sent_at timestamptz,
  last_error text collate "C",
  last_error_at timestamptz
);
create index dead_letter_open on conversation.dead_letter (workspace_id) where state = 'open';
`;

const systemRights = [
  'grant select, delete on conversation.traffic to baton_conversation_system',
  'create policy system_traffic on conversation.traffic to baton_conversation_system using (true)',
];

/** How much goes through, kept apart from what goes through. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(tables).execute(db);
  for (const table of ['traffic', 'account_traffic']) {
    for (const statement of secureTable(`conversation.${table}`)) await sql.raw(statement).execute(db);
    await sql.raw(`grant select, insert, update on conversation.${table} to baton_conversation`).execute(db);
  }
  for (const statement of systemRights) await sql.raw(statement).execute(db);
}
