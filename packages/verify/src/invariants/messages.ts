import type { Invariant } from './invariant.ts';

export const messageInvariants: readonly Invariant[] = [
  {
    name: 'messages.numbered',
    promise: 'The messages of a conversation are numbered from 1 without a gap, and its count is theirs.',
    sql: `select c.workspace_id, c.conversation_id, c.conversation_id as id,
        format('its count is %s; %s messages stand, numbered %s to %s', c.message_count, m.n, m.first, m.last) as detail
      from conversation.conversation c, lateral (
        select count(*) as n, coalesce(min(sequence), 1) as first, coalesce(max(sequence), 0) as last
        from conversation.message where conversation_id = c.conversation_id) m
      where c.conversation_id = any($1::text[]) and not (m.n = c.message_count and m.first = 1 and m.last = c.message_count)`,
  },
  {
    name: 'messages.once',
    promise: 'A provider’s message id is one message of an account.',
    sql: `select m.workspace_id, m.conversation_id, m.message_id as id, format('%s is the same message of the provider', o.message_id) as detail
      from conversation.message m join conversation.message o
        on o.channel_account_id = m.channel_account_id and o.provider_message_id = m.provider_message_id and o.message_id > m.message_id
      where m.conversation_id = any($1::text[]) and m.provider_message_id is not null`,
  },
  {
    name: 'messages.decided',
    promise: 'Every inbound message is in a dispatch: somebody decided whether the AI answers it.',
    sql: `select m.workspace_id, m.conversation_id, m.message_id as id, 'inbound, and in no dispatch' as detail
      from conversation.message m left join (
        select unnest(message_ids) as message_id from conversation.dispatch where conversation_id = any($1::text[])) d using (message_id)
      where m.conversation_id = any($1::text[]) and m.direction = 'inbound' and d.message_id is null`,
  },
  {
    name: 'messages.at_home',
    promise: 'Everything about a conversation belongs to its workspace.',
    sql: `select c.workspace_id, c.conversation_id, x.id, format('%s, and belongs to %s', x.what, x.workspace_id) as detail
      from conversation.conversation c, lateral (
        select message_id as id, 'a message' as what, workspace_id from conversation.message where conversation_id = c.conversation_id
        union all select dispatch_id, 'a dispatch', workspace_id from conversation.dispatch where conversation_id = c.conversation_id
        union all select c.conversation_id, 'a mode change', workspace_id from conversation.mode_history where conversation_id = c.conversation_id
        union all select agent_id, 'its agent', workspace_id from conversation.agent where agent_id = c.agent_id
        union all select channel_account_id, 'its account', workspace_id from conversation.channel_account where channel_account_id = c.channel_account_id
        union all select contact_id, 'its contact', workspace_id from conversation.contact where contact_id = c.contact_id) x
      where c.conversation_id = any($1::text[]) and x.workspace_id <> c.workspace_id`,
  },
];
