import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

const tables = `
create table conversation.canned_reply (
  canned_reply_id text collate "C" primary key,
  workspace_id text collate "C" not null,
  shortcut text collate "C" not null,
  title text not null,
  text text not null,
  language text collate "C",
  tags text[] not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C" not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (workspace_id, shortcut)
);
-- Which conversations have a tag: what conversation.tags says, the other way round. Under row-level security the planner uses no index on the array itself.
create table conversation.conversation_tag (
  workspace_id text collate "C" not null,
  tag text collate "C" not null,
  conversation_id text collate "C" not null,
  primary key (workspace_id, tag, conversation_id)
);
-- The last change of each tag, and how far it has come.
create table conversation.tag_change (
  workspace_id text collate "C" not null,
  tag text collate "C" not null,
  becomes text collate "C",
  state text collate "C" not null,
  place text collate "C" not null,
  conversations int not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C" not null,
  requested_at timestamptz not null,
  done_at timestamptz,
  primary key (workspace_id, tag)
);
create index tag_change_unfinished on conversation.tag_change (requested_at) where state = 'running';
`;

// A trigger, so that no way of writing a conversation can forget it. It runs only where tags are among what is written, which is seldom.
const index = [
  `create function conversation.index_tags() returns trigger language plpgsql set search_path = pg_catalog as $$
    begin
      if tg_op = 'UPDATE' then
        delete from conversation.conversation_tag t using unnest(old.tags) as gone
        where t.workspace_id = old.workspace_id and t.tag = gone and t.conversation_id = old.conversation_id and gone <> all(new.tags);
      end if;
      insert into conversation.conversation_tag (workspace_id, tag, conversation_id)
      select new.workspace_id, tag, new.conversation_id from unnest(new.tags) as tag on conflict do nothing;
      return null;
    end $$`,
  `create trigger index_new_tags after insert on conversation.conversation
    for each row when (new.tags <> '{}') execute function conversation.index_tags()`,
  `create trigger index_tags after update of tags on conversation.conversation
    for each row when (old.tags is distinct from new.tags) execute function conversation.index_tags()`,
  // Row-level security holds for the owner too, who has no workspace here.
  'alter table conversation.conversation no force row level security',
  `insert into conversation.conversation_tag (workspace_id, tag, conversation_id)
    select workspace_id, tag, conversation_id from conversation.conversation, unnest(tags) as tag on conflict do nothing`,
  'alter table conversation.conversation force row level security',
];

const systemRights = [
  'grant select (workspace_id, tag, state, requested_at) on conversation.tag_change to baton_conversation_system',
  'create policy system_tag_change on conversation.tag_change for select to baton_conversation_system using (true)',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(tables).execute(db);
  for (const statement of index) await sql.raw(statement).execute(db);
  for (const table of ['canned_reply', 'conversation_tag', 'tag_change']) {
    for (const statement of secureTable(`conversation.${table}`)) await sql.raw(statement).execute(db);
    await sql.raw(`grant select, insert, update, delete on conversation.${table} to baton_conversation`).execute(db);
  }
  for (const statement of systemRights) await sql.raw(statement).execute(db);
}
