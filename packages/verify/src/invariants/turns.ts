import type { Invariant } from './invariant.ts';

export const turnInvariants: readonly Invariant[] = [
  {
    name: 'turns.settle',
    promise: 'No turn stays open beyond its time.',
    sql: `select d.workspace_id, d.conversation_id, d.dispatch_id as id, format('still %s, due since %s', d.outcome, d.created_at) as detail
      from conversation.dispatch d
      where d.conversation_id = any($1::text[]) and d.open and greatest(d.created_at, d.due_at, d.deadline_at) < $2::timestamptz`,
  },
  {
    name: 'turns.one_at_a_time',
    promise: 'At most one turn of a conversation runs under its present epoch.',
    sql: `select c.workspace_id, c.conversation_id, c.conversation_id as id, format('%s turns run under epoch %s', count(*), c.mode_epoch) as detail
      from conversation.conversation c join conversation.dispatch d
        on d.conversation_id = c.conversation_id and d.outcome = 'in_flight' and d.mode_epoch = c.mode_epoch
      where c.conversation_id = any($1::text[]) group by c.conversation_id having count(*) > 1`,
  },
  {
    name: 'turns.awaited',
    promise: 'A turn that waits to begin is the one that its conversation waits for.',
    sql: `select d.workspace_id, d.conversation_id, d.dispatch_id as id, 'it waits to begin, and its conversation does not know it' as detail
      from conversation.dispatch d join conversation.conversation c using (conversation_id)
      where d.conversation_id = any($1::text[]) and d.outcome = 'pending' and d.dispatch_id is distinct from c.pending_dispatch_id`,
  },
  {
    name: 'turns.replied_once',
    promise: 'What was said in a turn was written in one step, and the turn knows each message of it.',
    sql: `select d.workspace_id, d.conversation_id, d.dispatch_id as id,
        format('%s messages, written at %s moments; it knows %s', cardinality(m.ids), m.moments, cardinality(d.reply_message_ids)) as detail
      from conversation.dispatch d, lateral (
        select coalesce(array_agg(message_id order by message_id), '{}') as ids, count(distinct created_at) as moments from conversation.message
        where conversation_id = d.conversation_id and dispatch_id = d.dispatch_id) m
      where d.conversation_id = any($1::text[])
        and (m.moments > 1 or m.ids <> array(select unnest(d.reply_message_ids) as id order by id))`,
  },
  {
    name: 'turns.under_their_epoch',
    promise: 'A reply stands under the epoch that its turn began with.',
    // A hand-off lifts its own words, and what is queued before them, to the epoch it makes; a suggestion is sent by a person, under the epoch of that moment.
    sql: `select m.workspace_id, m.conversation_id, m.message_id as id,
        format('it stands under epoch %s, its turn under %s', m.mode_epoch, d.mode_epoch) as detail
      from conversation.message m join conversation.dispatch d using (dispatch_id)
      where m.conversation_id = any($1::text[]) and m.author = 'ai' and m.mode_epoch <> d.mode_epoch and d.suggestion_status is distinct from 'sent'
        and not exists (select from conversation.mode_history h where h.conversation_id = m.conversation_id and h.mode_epoch = m.mode_epoch and h.actor_kind = 'ai')`,
  },
];
