import type { Pool } from 'pg';

/** What must be so at any moment, judged from the database alone; the names of those that are not. */
export async function brokenInvariants(admin: Pool, conversationId: string): Promise<string[]> {
  const { rows } = await admin.query<Record<string, boolean>>({ name: 'invariants', text: sql, values: [conversationId] });
  return Object.entries(rows[0] ?? { conversation_exists: false })
    .filter(([, holds]) => !holds)
    .map(([name]) => name);
}

const sql = `select c.mode_epoch = 1 + (select count(*) from conversation.mode_history m where m.conversation_id = c.conversation_id) as epoch_counts,
       c.message_count = (select count(*) from conversation.message m where m.conversation_id = c.conversation_id) as messages_count,
       c.message_count = (select coalesce(max(sequence), 0) from conversation.message m where m.conversation_id = c.conversation_id) as messages_numbered,
       c.event_sequence = (select count(*) from conversation.event e where e.conversation_id = c.conversation_id and (e.data::json->>'sequence')::int > 0) as events_count,
       c.event_sequence = (select max((e.data::json->>'sequence')::int) from conversation.event e where e.conversation_id = c.conversation_id) as events_numbered,
       (select count(*) from conversation.dispatch d where d.conversation_id = c.conversation_id and d.outcome = 'in_flight' and d.mode_epoch = c.mode_epoch) <= 1 as one_turn,
       (select count(*) from conversation.dispatch d where d.conversation_id = c.conversation_id and d.outcome = 'pending' and d.dispatch_id is distinct from c.pending_dispatch_id) = 0 as no_orphan,
       not exists (select from conversation.message m where m.conversation_id = c.conversation_id and m.author = 'ai' and m.status = 'queued'
                   and c.ai_mode <> 'ai' and not m.parting) as nothing_queued_outside_ai,
       not exists (select from conversation.message m where m.conversation_id = c.conversation_id and m.author = 'ai'
                   group by m.dispatch_id having count(*) > 1) as one_reply_a_turn,
       -- A hand-off lifts its own words, and what is queued before them, to the epoch it makes.
       not exists (select from conversation.message m join conversation.dispatch d using (dispatch_id) where m.conversation_id = c.conversation_id
                   and m.author = 'ai' and m.mode_epoch <> d.mode_epoch)
         or exists (select from conversation.dispatch d where d.conversation_id = c.conversation_id and d.outcome = 'handed_off') as replies_under_their_epoch
     from conversation.conversation c where c.conversation_id = $1`;
