import { secureTable } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';

const tables = `
create table conversation.workspace (
  workspace_id text primary key,
  name text not null,
  partner_id text,
  created_at timestamptz not null
);
create table conversation.agent (
  agent_id text primary key,
  workspace_id text not null references conversation.workspace,
  display_name text not null,
  language text not null,
  enabled boolean not null,
  backend jsonb not null,
  backend_secret jsonb,
  takeover_timeout_seconds int,
  handoff text not null,
  debounce_ms int not null,
  burst text not null,
  approval text not null,
  silence_timeout_seconds int,
  fallback_text text,
  history_limit int not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index agent_by_workspace on conversation.agent (workspace_id, agent_id);
create table conversation.channel_account (
  channel_account_id text primary key,
  workspace_id text not null references conversation.workspace,
  provider text not null,
  channel text not null,
  address text not null,
  agent_id text not null references conversation.agent,
  enabled boolean not null,
  credentials jsonb,
  credential_names text[] not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index channel_account_by_workspace on conversation.channel_account (workspace_id, channel_account_id);
create index channel_account_by_agent on conversation.channel_account (agent_id, channel);
create table conversation.contact (
  contact_id text primary key,
  workspace_id text not null,
  name text,
  phone text,
  email text,
  attributes jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create table conversation.contact_address (
  workspace_id text not null,
  kind text not null,
  address text not null,
  contact_id text not null,
  primary key (workspace_id, kind, address)
);
create index contact_address_by_contact on conversation.contact_address (contact_id);
create table conversation.conversation (
  conversation_id text primary key,
  workspace_id text not null,
  agent_id text not null,
  partition smallint not null,
  channel text not null,
  channel_account_id text not null,
  remote_address text not null,
  own_address text not null,
  contact_id text not null,
  ai_mode text not null check (ai_mode in ('ai', 'human', 'closed')),
  mode_epoch int not null,
  status text not null,
  subject text,
  tags text[] not null,
  needs_handoff boolean not null,
  unread boolean not null,
  takeover_timeout_seconds int,
  takeover_expires_at timestamptz,
  window_expires_at timestamptz,
  message_count int not null,
  event_sequence bigint not null,
  turn_dispatch_id text,
  pending_dispatch_id text,
  last_message_preview text,
  last_message_at timestamptz,
  previous_conversation_id text,
  metadata jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  constraint closed_has_a_time check ((ai_mode = 'closed') = (closed_at is not null)),
  -- One open conversation per thread, for ever: this, not the partitioning, is what keeps two from starting at once.
  constraint one_open_conversation unique nulls not distinct (agent_id, remote_address, closed_at)
) with (fillfactor = 80);
create index conversation_by_contact on conversation.conversation (contact_id);
-- The order of lists, apart from the conversation: it changes with every message, and an index on the wide row would make each of the row's updates touch
-- every index it has.
create table conversation.activity (
  conversation_id text primary key,
  workspace_id text not null,
  active_at timestamptz not null
) with (fillfactor = 70);
create index activity_order on conversation.activity (workspace_id, active_at desc, conversation_id desc);
create table conversation.message (
  message_id text primary key,
  workspace_id text not null,
  conversation_id text not null,
  sequence int not null,
  direction text not null,
  author text not null,
  sender_name text,
  channel text not null,
  channel_account_id text not null,
  from_number text not null,
  to_number text not null,
  contact_id text not null,
  text text not null,
  attachments jsonb not null,
  template jsonb,
  metadata jsonb not null,
  status text not null,
  status_history jsonb not null,
  error_code text,
  error_detail text,
  segments int not null,
  encoding text not null,
  provider_message_id text,
  dispatch_id text,
  mode_epoch int not null,
  parting boolean not null,
  claim int not null,
  claimant text,
  -- A column of its own for the index below, so that receipts, which change only the status, touch no index.
  open boolean not null generated always as (status in ('queued', 'sending')) stored,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  unique (conversation_id, sequence),
  -- A provider's repeat never makes a second message, also days later.
  constraint one_message_per_provider_id unique (channel_account_id, provider_message_id)
) with (fillfactor = 85);
create index message_open_sends on conversation.message (conversation_id, sequence) where open;
create table conversation.dispatch (
  dispatch_id text primary key,
  workspace_id text not null,
  conversation_id text not null,
  agent_id text not null,
  message_ids text[] not null,
  outcome text not null,
  reason text,
  mode_epoch int not null,
  attempts int not null,
  latency_ms int,
  reply_message_ids text[] not null,
  suggestion jsonb,
  error text,
  due_at timestamptz,
  deadline_at timestamptz,
  deferred boolean not null,
  open boolean not null generated always as (outcome in ('pending', 'in_flight')) stored,
  created_at timestamptz not null,
  settled_at timestamptz
) with (fillfactor = 80);
create index dispatch_by_conversation on conversation.dispatch (conversation_id, dispatch_id desc);
create index dispatch_open on conversation.dispatch (created_at) where open;
create table conversation.mode_history (
  workspace_id text not null,
  conversation_id text not null,
  mode_epoch int not null,
  from_mode text not null,
  to_mode text not null,
  actor_kind text not null,
  actor_id text not null,
  reason text not null,
  created_at timestamptz not null,
  primary key (conversation_id, mode_epoch)
);
create table conversation.opt_out (
  workspace_id text not null,
  agent_id text not null,
  address text not null,
  keyword text not null,
  created_at timestamptz not null,
  primary key (address, agent_id)
);
create table conversation.early_receipt (
  workspace_id text not null,
  channel_account_id text not null,
  provider_message_id text not null,
  status text not null,
  message_id text not null,
  error_code text,
  error_detail text,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  primary key (provider_message_id, channel_account_id, status)
);
create index early_receipt_by_age on conversation.early_receipt (received_at);
create table conversation.timer (
  kind text not null,
  subject_id text not null,
  workspace_id text not null,
  conversation_id text not null,
  due_at timestamptz not null,
  primary key (subject_id, kind)
);
create index timer_by_due on conversation.timer (due_at);
create table conversation.event (
  position bigint generated always as identity primary key,
  event_id text not null,
  workspace_id text not null,
  conversation_id text not null,
  partition smallint not null,
  event_type text not null,
  sequence int not null,
  subject text not null,
  data text not null,
  traceparent text,
  created_at timestamptz not null
);
-- What is still to be published. Narrow and apart, so that publishing rewrites no event.
create table conversation.outbox (
  workspace_id text not null,
  partition smallint not null,
  position bigint not null,
  primary key (partition, position)
);
create index event_by_age on conversation.event using brin (created_at);
create table conversation.command_result (
  workspace_id text not null,
  command_id text not null,
  kind text not null,
  result bytea not null,
  created_at timestamptz not null,
  primary key (workspace_id, command_id)
);
create index command_result_by_age on conversation.command_result using brin (created_at);
create table conversation.dead_letter (
  dead_letter_id text primary key,
  workspace_id text not null,
  subject text not null,
  payload text not null,
  error text not null,
  attempts int not null,
  trace_id text not null,
  state text not null,
  created_at timestamptz not null
);
create index dead_letter_by_workspace on conversation.dead_letter (workspace_id, dead_letter_id desc);
create table conversation.instance (
  instance_id text primary key,
  seen_at timestamptz not null
);
create table conversation.partition_lease (
  partition smallint primary key,
  instance_id text,
  lease int not null,
  expires_at timestamptz not null
);
insert into conversation.partition_lease select p, null, 0, now() from generate_series(0, 15) p;
create function conversation.require_rows(part text, stood bigint, expected bigint) returns boolean language plpgsql as $$
begin
  if stood <> expected then
    raise exception 'fence_lost: % of % rows of % stood as they were read', stood, expected, part using errcode = '40001';
  end if;
  return true;
end $$;
`;

// What people wrote or named: compared and folded as languages do. Every other text is an id or a word of ours.
const humanText = ['text', 'name', 'display_name', 'subject', 'sender_name', 'last_message_preview', 'fallback_text', 'email'];

/** Ids compare as bytes: with a language's collation each step down an index costs three times as much (measured on updates of a small indexed table). */
function bytewise(ddl: string): string {
  return ddl.replaceAll(/^( +)(\w+) (text(?:\[\])?)(?= |,)/gm, (line, indent: string, column: string, type: string) =>
    humanText.includes(column) ? line : `${indent}${column} ${type} collate "C"`,
  );
}

const tenantTables = [
  'workspace',
  'agent',
  'channel_account',
  'contact',
  'contact_address',
  'conversation',
  'message',
  'dispatch',
  'mode_history',
  'opt_out',
  'early_receipt',
  'timer',
  'event',
  'outbox',
  'activity',
  'command_result',
  'dead_letter',
];

// What the relay, the timers and the sweeps may see across tenants: when something is due, never what was said. Events hold text, and must be published.
const systemRights = `
grant select, delete on conversation.event, conversation.outbox to baton_conversation_system;
grant select on conversation.timer to baton_conversation_system;
grant select (dispatch_id, workspace_id, conversation_id, outcome, open, created_at, due_at, deadline_at, deferred) on conversation.dispatch to baton_conversation_system;
grant select (message_id, workspace_id, conversation_id, status, open, created_at, sequence) on conversation.message to baton_conversation_system;
grant select, delete on conversation.early_receipt to baton_conversation_system;
grant select (conversation_id, workspace_id, partition) on conversation.conversation to baton_conversation_system;
grant delete, select on conversation.command_result to baton_conversation_system;
grant select on conversation.workspace, conversation.agent, conversation.channel_account to baton_conversation_system;
create policy system_event on conversation.event to baton_conversation_system using (true);
create policy system_outbox on conversation.outbox to baton_conversation_system using (true);
create policy system_timer on conversation.timer for select to baton_conversation_system using (true);
create policy system_dispatch on conversation.dispatch for select to baton_conversation_system using (true);
create policy system_message on conversation.message for select to baton_conversation_system using (true);
create policy system_receipt on conversation.early_receipt to baton_conversation_system using (true);
create policy system_conversation on conversation.conversation for select to baton_conversation_system using (true);
create policy system_command on conversation.command_result to baton_conversation_system using (true);
create policy system_workspace on conversation.workspace for select to baton_conversation_system using (true);
create policy system_agent on conversation.agent for select to baton_conversation_system using (true);
create policy system_account on conversation.channel_account for select to baton_conversation_system using (true);
grant select, insert, update, delete on conversation.instance, conversation.partition_lease to baton_conversation_system;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(bytewise(tables)).execute(db);
  for (const table of tenantTables) {
    for (const statement of secureTable(`conversation.${table}`)) await sql.raw(statement).execute(db);
    await sql.raw(`grant select, insert, update, delete on conversation.${table} to baton_conversation`).execute(db);
  }
  await sql.raw('grant select, update on conversation.partition_lease to baton_conversation').execute(db);
  await sql.raw(systemRights).execute(db);
}
