/**
 * One damage for each invariant that Postgres can tell of, done by hand to the rows of a conversation ($1) with a customer's message, an AI's reply, a takeover and
 * its end, and an endpoint that has been told of it all.
 */
export const damages: Record<string, readonly string[]> = {
  'messages.numbered': ['update conversation.conversation set message_count = message_count + 1 where conversation_id = $1'],
  'messages.once': [
    'alter table conversation.message drop constraint one_message_per_provider_id',
    `update conversation.message m set provider_message_id = (select max(provider_message_id) from conversation.message where conversation_id = $1 and direction = 'inbound')
       where conversation_id = $1 and direction = 'inbound'`,
  ],
  'messages.decided': [`update conversation.dispatch set message_ids = '{}' where conversation_id = $1`],
  'messages.at_home': [`update conversation.dispatch set workspace_id = 'acc_other' where conversation_id = $1`],
  'modes.chained': ['update conversation.conversation set mode_epoch = mode_epoch + 1 where conversation_id = $1'],
  'modes.nothing_queued': [
    `update conversation.conversation set ai_mode = 'human' where conversation_id = $1`,
    `update conversation.message set status = 'queued' where conversation_id = $1 and author = 'ai'`,
  ],
  'modes.claims_fenced': [`update conversation.mode_history set created_at = created_at - interval '1 hour' where conversation_id = $1`],
  'turns.settle': [
    `update conversation.dispatch set outcome = 'in_flight', due_at = null, deadline_at = null, created_at = now() - interval '1 hour' where conversation_id = $1`,
  ],
  'turns.one_at_a_time': [
    `update conversation.dispatch d set outcome = 'in_flight', mode_epoch = c.mode_epoch from conversation.conversation c
       where d.conversation_id = $1 and c.conversation_id = $1`,
  ],
  'turns.awaited': [`update conversation.dispatch set outcome = 'pending' where conversation_id = $1`],
  'turns.replied_once': [`update conversation.dispatch set reply_message_ids = '{}' where conversation_id = $1`],
  'turns.under_their_epoch': [`update conversation.message set mode_epoch = mode_epoch + 1 where conversation_id = $1 and author = 'ai'`],
  'sends.settle': [
    `update conversation.message set status = 'sending', created_at = now() - interval '1 hour' where conversation_id = $1 and direction = 'outbound'`,
  ],
  'sends.history': [`update conversation.message set claim = claim + 1 where conversation_id = $1 and direction = 'outbound'`],
  'outbox.drains': [
    `update conversation.event set created_at = now() - interval '1 hour' where conversation_id = $1`,
    'insert into conversation.outbox (workspace_id, partition, position) select workspace_id, partition, position from conversation.event where conversation_id = $1',
  ],
  'timers.fire': [
    `insert into conversation.timer (kind, subject_id, workspace_id, conversation_id, due_at)
       select 'silence', conversation_id, workspace_id, conversation_id, now() - interval '1 hour' from conversation.conversation where conversation_id = $1`,
  ],
  'webhooks.attended': [`update delivery.delivery set status = 'pending' where conversation_id = $1`],
  'webhooks.planned': [
    // The endpoint has been there for longer than the events.
    `update delivery.endpoint set active_from = now() - interval '1 hour', updated_at = now() - interval '1 hour'
       where workspace_id = (select workspace_id from conversation.conversation where conversation_id = $1)`,
    `delete from delivery.delivery where conversation_id = $1 and event_type = 'message.received'`,
  ],
  'tenants.walled': ['alter table conversation.message no force row level security'],
  'events.logged_in_order': ['delete from conversation.event where conversation_id = $1 and sequence = 3'],
  'events.of_their_row': [
    `update conversation.event set data = replace(data, $1, 'conv_other') where conversation_id = $1 and sequence = 2`,
  ],
};
