import { type Kysely, sql } from 'kysely';

/**
 * Search by substring. The index holds the workspace beside the trigrams, so what a large neighbour wrote costs a small tenant nothing.
 *
 * New messages go to the index' pending list (26 µs each instead of 305 µs straight into the tree, measured) and from there into the tree in bulk, by the sweep;
 * the limit is only reached, and a writer made to do it, where no sweep runs.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...folding, ...indexes, ...searching, ...settling]) await sql.raw(statement).execute(db);
}

// Full case folding by Unicode, whatever the database's own locale is: ß is ss, Σ, σ and ς are one. The dotted and the dotless i, in either case, count as i:
// Turkish pairs them otherwise than all other languages, and neither reader must miss a word. In SQL that the planner puts in place, so that it is compiled into
// the index' expression and costs no call.
const folding = [
  `create function conversation.search_fold(t text) returns text language sql immutable strict parallel safe
    return replace(replace(casefold(t collate "pg_unicode_fast"), U&'i\\0307', 'i'), U&'\\0131', 'i')`,
];

const indexes = [
  `create index message_by_words on conversation.message using gin (workspace_id, conversation.search_fold(text) gin_trgm_ops)
    with (fastupdate = on, gin_pending_list_limit = 32768)`,
  // Newest first: ids begin with the time.
  'create index message_by_age on conversation.message (workspace_id, message_id)',
];

/**
 * Runs as the owner: under row-level security the planner may not use an index for `like`, which is not marked leakproof. What the function looks at is what the
 * policy would let the caller see: the one workspace of the caller's transaction. Statements are made with their values in them, so that each is planned for its own
 * term: a rare one from the index, a common one newest first.
 */
const searching = [
  'create policy search on conversation.message for select to baton_owner using (true)',
  `create function conversation.search_messages(
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
      matching := format('select m.message_id from conversation.message m where m.workspace_id = %L and %s', tenant, fits);
      -- Newest first through so many messages and no further, however seldom the term is.
      recent := format('select m.message_id from (select message_id, conversation_id, channel, text from conversation.message where workspace_id = %L
        order by message_id desc limit %s) m where %s order by m.message_id desc', tenant, scanned, fits);
      if has_trigrams then
        execute format('select array_agg(message_id) from (%s limit %s) f', matching, counted + 1) into ids;
        total := coalesce(array_length(ids, 1), 0);
        if total <= counted then
          ids := (array(select id from unnest(ids) id order by id collate "C" desc limit wanted));
          return;
        end if;
        execute format('select array(%s limit %s)', recent, wanted) into ids;
        if array_length(ids, 1) = wanted then return; end if;
        -- Common once, but not lately.
        execute format('select array(%s order by m.message_id desc limit %s)', matching, wanted) into ids;
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
  'revoke execute on function conversation.search_messages from public',
  'grant execute on function conversation.search_messages to baton_conversation',
];

// Only an index' owner may settle its pending list.
const settling = [
  `create function conversation.settle_search_index() returns void language sql volatile security definer set search_path = pg_catalog
    begin atomic select gin_clean_pending_list('conversation.message_by_words'::regclass); end`,
  'revoke execute on function conversation.settle_search_index from public',
  'grant execute on function conversation.settle_search_index to baton_conversation_system',
];
