import { type Kysely, sql } from 'kysely';

/**
 * A message's words go into the index once. One of ours is written when it is to be sent and again with what the provider said, and the second time every index
 * of the row got it anew, this one with all its trigrams. Now it gets a message when it is no longer under way; the few that are, are looked through one by one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...index, ...searching]) await sql.raw(statement).execute(db);
}

const index = [
  `create index message_by_words_once on conversation.message using gin (workspace_id, conversation.search_fold(text) gin_trgm_ops)
    with (fastupdate = on, gin_pending_list_limit = 32768) where not open`,
  `create or replace function conversation.settle_search_index() returns void language sql volatile security definer set search_path = pg_catalog
    begin atomic select gin_clean_pending_list('conversation.message_by_words_once'::regclass); end`,
  'drop index conversation.message_by_words',
  'alter index conversation.message_by_words_once rename to message_by_words',
];

const searching = [
  `create or replace function conversation.search_messages(
      query text, has_trigrams boolean, wanted int, counted int, scanned int, in_channel text, of_agent text,
      out ids text[], out total int, out oldest_scanned text)
    language plpgsql stable security definer set search_path = pg_catalog set jit = off as $$
    declare
      tenant text := current_setting('app.workspaces', true);
      pattern text := '%' || replace(replace(replace(conversation.search_fold(query), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%';
      fits text := format('conversation.search_fold(m.text) like %L', pattern);
      matching text;
      recent text;
    begin
      if coalesce(tenant, '') = '' or tenant like '%,%' then
        raise exception 'a search is about one workspace' using errcode = '42501';
      end if;
      if in_channel is not null then fits := fits || format(' and m.channel = %L', in_channel); end if;
      if of_agent is not null then
        fits := fits || format(' and exists (select 1 from conversation.conversation c where c.conversation_id = m.conversation_id and c.agent_id = %L)', of_agent);
      end if;
      -- The second half is the messages under way, from the small index that holds only those.
      matching := format('(select m.message_id from conversation.message m where not m.open and m.workspace_id = %1$L and %2$s
        union all select m.message_id from conversation.message m where m.open and m.workspace_id = %1$L and %2$s) m', tenant, fits);
      -- Newest first through so many messages and no further, however seldom the term is.
      recent := format('select m.message_id from (select message_id, conversation_id, channel, text from conversation.message where workspace_id = %L
        order by message_id desc limit %s) m where %s order by m.message_id desc', tenant, scanned, fits);
      if has_trigrams then
        execute format('select array_agg(message_id) from (select message_id from %s limit %s) f', matching, counted + 1) into ids;
        total := coalesce(array_length(ids, 1), 0);
        if total <= counted then
          ids := (array(select id from unnest(ids) id order by id collate "C" desc limit wanted));
          return;
        end if;
        execute format('select array(%s limit %s)', recent, wanted) into ids;
        if array_length(ids, 1) = wanted then return; end if;
        -- Common once, but not lately.
        execute format('select array(select m.message_id from %s order by m.message_id desc limit %s)', matching, wanted) into ids;
        return;
      end if;
      execute format('select array(%s limit %s)', recent, counted + 1) into ids;
      total := coalesce(array_length(ids, 1), 0);
      if total <= counted then
        execute format('select message_id from conversation.message where workspace_id = %L order by message_id desc offset %s limit 1', tenant, scanned)
          into oldest_scanned;
      end if;
      ids := ids[1:wanted];
    end $$`,
];
