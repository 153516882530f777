import type { Invariant } from './invariant.ts';

export const sendInvariants: readonly Invariant[] = [
  {
    name: 'sends.settle',
    promise: 'No outbound message stays queued or being sent, unless it waits for a time that is to come.',
    sql: `select m.workspace_id, m.conversation_id, m.message_id as id, format('still %s since %s', m.status, m.created_at) as detail
      from conversation.message m
      where m.conversation_id = any($1::text[]) and m.open and m.created_at < $2::timestamptz
        and not exists (select from conversation.timer t where t.conversation_id = m.conversation_id and t.due_at >= $2::timestamptz)`,
  },
  {
    name: 'sends.history',
    promise: 'The history of a message ends in its status, and each claim stands in it.',
    sql: `select m.workspace_id, m.conversation_id, m.message_id as id,
        format('%s after %s claims; its history ends in %s after %s', m.status, m.claim, m.status_history -> -1 ->> 'status', s.claims) as detail
      from conversation.message m, lateral (
        select count(*) as claims from jsonb_array_elements(m.status_history) step where step ->> 'status' = 'sending') s
      where m.conversation_id = any($1::text[]) and m.direction = 'outbound'
        and (m.status_history -> -1 ->> 'status' is distinct from m.status or s.claims <> m.claim)`,
  },
];
