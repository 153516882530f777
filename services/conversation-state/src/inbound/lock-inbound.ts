import { statement } from '@baton/db/pipeline.ts';
import type { ConversationRow } from '../domain/rows.ts';

/**
 * Takes every row lock that a batch needs in one statement, in the order of conversation ids: the open conversations of its threads ($1 agents, $2 remote
 * addresses) and those that its receipts are about ($3 accounts, $4 provider ids, $5 our message ids). With one statement for each, two batches wait for
 * each other in a circle, and Postgres takes a second to notice. A conversation that was closed while we waited is returned closed.
 */
export const lockInbound = statement<ConversationRow>(
  'lock_inbound',
  `select c.* from conversation.conversation c where c.conversation_id = any(array(
     select t.conversation_id from unnest($1::text[], $2::text[]) as r(agent_id, remote_address),
     lateral (select conversation_id from conversation.conversation
              where agent_id = r.agent_id and remote_address = r.remote_address and closed_at is null offset 0) t
     union all
     select m.conversation_id from unnest($3::text[], $4::text[]) as r(account, id),
     lateral (select conversation_id from conversation.message where channel_account_id = r.account and provider_message_id = r.id offset 0) m
     union all
     select conversation_id from conversation.message where message_id = any($5::text[])))
   order by c.conversation_id for update`,
);
