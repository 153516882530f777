import type { Invariant } from './invariant.ts';

export const modeInvariants: readonly Invariant[] = [
  {
    name: 'modes.chained',
    promise:
      'The epoch counts the mode changes, each begins in the mode that the one before ended in, and the last one is the mode that stands.',
    sql: `select c.workspace_id, c.conversation_id, c.conversation_id as id,
        format('%s under epoch %s; %s changes, the last to %s', c.ai_mode, c.mode_epoch, h.n, h.ends) as detail
      from conversation.conversation c, lateral (
        select count(*) as n, min(mode_epoch) as first, max(mode_epoch) as last, coalesce(bool_or(torn), false) as torn,
          (array_agg(to_mode order by mode_epoch desc))[1] as ends
        from (select mode_epoch, to_mode, from_mode <> lag(to_mode) over (order by mode_epoch) as torn
              from conversation.mode_history where conversation_id = c.conversation_id) one) h
      where c.conversation_id = any($1::text[])
        and (c.mode_epoch <> 1 + h.n or h.torn or h.n > 0 and (h.first <> 2 or h.last <> c.mode_epoch or h.ends <> c.ai_mode))`,
  },
  {
    name: 'modes.nothing_queued',
    promise: 'While a person has a conversation, or it is closed, no words of the AI wait to be sent but those of its own hand-off.',
    sql: `select m.workspace_id, m.conversation_id, m.message_id as id, format('queued, and the conversation is %s', c.ai_mode) as detail
      from conversation.message m join conversation.conversation c using (conversation_id)
      where m.conversation_id = any($1::text[]) and m.open and m.author = 'ai' and m.status = 'queued' and c.ai_mode <> 'ai' and not m.parting`,
  },
  {
    name: 'modes.claims_fenced',
    promise: 'No words of an AI were claimed for sending after the epoch had moved past them: the promise of a takeover.',
    sql: `select m.workspace_id, m.conversation_id, m.message_id as id, format('claimed at %s; epoch %s ended at %s', s ->> 'at', m.mode_epoch, h.created_at) as detail
      from conversation.message m
      join conversation.mode_history h on h.conversation_id = m.conversation_id and h.mode_epoch = m.mode_epoch + 1,
      lateral jsonb_array_elements(m.status_history) s
      where m.conversation_id = any($1::text[]) and m.author = 'ai' and s ->> 'status' = 'sending'
        and (s ->> 'at')::timestamptz > h.created_at + $3::float8 * interval '1 millisecond'`,
  },
];
