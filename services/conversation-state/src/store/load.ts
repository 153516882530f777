import type { Provider } from '@baton/contracts/vocabulary.ts';
import { statement } from '@baton/db/pipeline.ts';
import type {
  AgentRow,
  ContactRow,
  ConversationRow,
  DispatchRow,
  EarlyReceiptRow,
  ErasedOptOutRow,
  JsonObject,
  MessageRow,
  OptOutRow,
} from '../domain/rows.ts';

export const conversationDates = [
  'takeover_expires_at',
  'window_expires_at',
  'last_message_at',
  'created_at',
  'updated_at',
  'closed_at',
] as const;
const agentDates = ['created_at', 'updated_at', 'deleted_at'] as const;
const contactDates = ['erased_at', 'created_at', 'updated_at'] as const;
const dispatchDates = ['due_at', 'deadline_at', 'created_at', 'settled_at'] as const;
const messageDates = ['created_at', 'sent_at', 'delivered_at', 'read_at'] as const;
const receiptDates = ['occurred_at', 'received_at'] as const;

// `offset 0` keeps the planner from turning a lookup per key into a join: while a table is small (a new installation) it would read the whole table once per
// batch, and a prepared plan stays that way as the table grows. Measured: 700 ms a batch at 500 conversations, against 1 ms.

/** Takes the row locks of these conversations, always in the order of their ids, so that two batches cannot wait for each other in a circle. */
export const lockConversations = statement<{ conversation_id: string }>(
  'lock_conversations',
  `select conversation_id from conversation.conversation where conversation_id = any($1::text[]) order by conversation_id for update`,
);

/** The same for the open conversations of threads: $1 agent ids, $2 remote addresses. */
export const lockThreads = statement<ConversationRow>(
  'lock_threads',
  `select c.* from conversation.conversation c where c.closed_at is null and c.conversation_id = any(array(
     select t.conversation_id from unnest($1::text[], $2::text[]) as r(agent_id, remote_address),
     lateral (select conversation_id from conversation.conversation
              where agent_id = r.agent_id and remote_address = r.remote_address and closed_at is null offset 0) t))
   order by c.conversation_id for update`,
);

export const loadConversations = statement<ConversationRow>(
  'load_conversations',
  `select * from conversation.conversation where conversation_id = any($1::text[])`,
  conversationDates,
);

export const loadAgents = statement<AgentRow>(
  'load_agents',
  `select * from conversation.agent where agent_id = any($1::text[])`,
  agentDates,
);

export const loadAgentsOf = statement<AgentRow>(
  'load_agents_of',
  `select * from conversation.agent
   where agent_id = any(array(select distinct agent_id from conversation.conversation where conversation_id = any($1::text[])))`,
  agentDates,
);

/** Of these conversations: the provider of the account that a message would go out through. */
export const loadProvidersOf = statement<{ conversation_id: string; provider: Provider }>(
  'load_providers_of',
  `select c.conversation_id, a.provider from conversation.conversation c,
   lateral (select provider from conversation.channel_account a where a.channel_account_id = c.channel_account_id offset 0) a
   where c.conversation_id = any($1::text[])`,
);

/** Of those conversations whose provider is among $2: the customer's newest message. */
export const loadTypingTargets = statement<{ conversation_id: string; provider_message_id: string | null; metadata: JsonObject }>(
  'load_typing_targets',
  `select c.conversation_id, m.provider_message_id, m.metadata from conversation.conversation c,
   lateral (select provider from conversation.channel_account a where a.channel_account_id = c.channel_account_id offset 0) a,
   lateral (select m.provider_message_id, m.metadata from conversation.message m where m.conversation_id = c.conversation_id and m.author = 'contact'
            order by m.sequence desc limit 1) m
   where c.conversation_id = any($1::text[]) and a.provider = any($2::text[])`,
);

export const loadAccounts = statement<{ channel_account_id: string; workspace_id: string }>(
  'load_accounts',
  `select channel_account_id, workspace_id from conversation.channel_account where channel_account_id = any($1::text[])`,
);

/** Which of these provider ids are messages already: $1 accounts, $2 ids. */
export const loadKnown = statement<{ channel_account_id: string; provider_message_id: string }>(
  'load_known',
  `select r.account as channel_account_id, r.id as provider_message_id from unnest($1::text[], $2::text[]) as r(account, id),
   lateral (select 1 from conversation.message m where m.channel_account_id = r.account and m.provider_message_id = r.id offset 0) m`,
);

/** The newest closed conversation of each thread: $1 agents, $2 addresses. */
export const loadPrevious = statement<{
  agent_id: string;
  remote_address: string;
  conversation_id: string;
  window_expires_at: Date | null;
}>(
  'load_previous',
  `select r.agent_id, r.remote_address, c.conversation_id, c.window_expires_at from unnest($1::text[], $2::text[]) as r(agent_id, remote_address),
   lateral (select conversation_id, window_expires_at from conversation.conversation c
            where c.agent_id = r.agent_id and c.remote_address = r.remote_address and c.closed_at is not null
            order by c.closed_at desc limit 1) c`,
  ['window_expires_at'],
);

export const loadOptOuts = statement<{ agent_id: string; address: string }>(
  'load_opt_outs',
  `select r.agent_id, r.address from unnest($1::text[], $2::text[]) as r(agent_id, address),
   lateral (select 1 from conversation.opt_out o where o.agent_id = r.agent_id and o.address = r.address offset 0) o`,
);

/** The same as they stand: $1 agent ids, $2 addresses. */
export const loadOptOutRows = statement<OptOutRow>(
  'load_opt_out_rows',
  `select o.* from unnest($1::text[], $2::text[]) as r(agent_id, address),
   lateral (select * from conversation.opt_out o where o.agent_id = r.agent_id and o.address = r.address offset 0) o`,
  ['created_at'],
);

/** What is left of opt-outs whose address was erased: $1 agent ids, $2 addresses. Asked only where nobody is behind the address. */
export const loadErasedOptOuts = statement<ErasedOptOutRow & { address: string }>(
  'load_erased_opt_outs',
  `select r.address, e.* from unnest($1::text[], $2::text[]) as r(agent_id, address),
   lateral (select workspace_id from conversation.agent a where a.agent_id = r.agent_id offset 0) a,
   lateral (select suppression_salt from conversation.workspace w where w.workspace_id = a.workspace_id offset 0) w,
   lateral (select * from conversation.erased_opt_out e
            where e.agent_id = r.agent_id and e.address_hash = conversation.address_hash(w.suppression_salt, r.address) offset 0) e`,
  ['created_at'],
);

export const loadOptOutsOf = statement<{ agent_id: string; address: string }>(
  'load_opt_outs_of',
  `select c.agent_id, c.remote_address as address from conversation.conversation c,
   lateral (select 1 from conversation.opt_out o where o.agent_id = c.agent_id and o.address = c.remote_address offset 0) o
   where c.conversation_id = any($1::text[])`,
);

/** Contacts by address: $1 workspaces, $2 kinds, $3 addresses. */
export const loadContacts = statement<ContactRow & { kind: string; address: string }>(
  'load_contacts',
  `select r.kind, r.address, c.* from unnest($1::text[], $2::text[], $3::text[]) as r(workspace_id, kind, address),
   lateral (select contact_id from conversation.contact_address a
            where a.workspace_id = r.workspace_id and a.kind = r.kind and a.address = r.address offset 0) a,
   lateral (select * from conversation.contact c where c.contact_id = a.contact_id offset 0) c`,
  contactDates,
);

export const loadDispatches = statement<DispatchRow>(
  'load_dispatches',
  `select * from conversation.dispatch where dispatch_id = any($1::text[])`,
  dispatchDates,
);

/** Of these conversations: the turns that run and wait. */
export const loadTurns = statement<DispatchRow>(
  'load_turns',
  `select d.* from conversation.conversation c,
   lateral (select * from conversation.dispatch d where d.dispatch_id = any(array[c.turn_dispatch_id, c.pending_dispatch_id]) offset 0) d
   where c.conversation_id = any($1::text[])`,
  dispatchDates,
);

/** The same, and these turns: $1 conversations, $2 dispatches. */
export const loadTurnsAnd = statement<DispatchRow>(
  'load_turns_and',
  `select * from conversation.dispatch where dispatch_id = any(array(
     select unnest(array[c.turn_dispatch_id, c.pending_dispatch_id]) from conversation.conversation c where c.conversation_id = any($1::text[])
   ) || $2::text[])`,
  dispatchDates,
);

/** Of these conversations: every outbound message that is queued or sending, in order. */
export const loadOpenSends = statement<MessageRow>(
  'load_open_sends',
  `select * from conversation.message where conversation_id = any($1::text[]) and open order by conversation_id, sequence`,
  messageDates,
);

/** Of these conversations: the AI's messages of the last day that a provider may have although nobody can say so. */
export const loadDoubtfulSends = statement<MessageRow>(
  'load_doubtful_sends',
  `select * from conversation.message where conversation_id = any($1::text[]) and doubtful and author = 'ai'
   and created_at > now() - interval '1 day' order by conversation_id, sequence`,
  messageDates,
);

/** Of these conversations: messages of the last day that the provider may have, and whose id there nobody has told. */
export const loadNamelessSends = statement<MessageRow>(
  'load_nameless_sends',
  `select * from conversation.message where conversation_id = any($1::text[]) and doubtful and provider_message_id is null
   and created_at > now() - interval '1 day' order by conversation_id, sequence`,
  messageDates,
);

/** What a customer was sent lately and has not read: $1 agents, $2 addresses. */
export const loadUnread = statement<MessageRow>(
  'load_unread',
  `select m.* from unnest($1::text[], $2::text[]) as r(agent_id, address),
   lateral (select conversation_id from conversation.conversation
            where agent_id = r.agent_id and remote_address = r.address and closed_at is null offset 0) c,
   lateral (select * from conversation.message m where m.conversation_id = c.conversation_id order by m.sequence desc limit 200) m
   where m.direction = 'outbound' and m.status in ('sending', 'sent', 'delivered')`,
  messageDates,
);

export const loadMessages = statement<MessageRow>(
  'load_messages',
  `select * from conversation.message where message_id = any($1::text[])`,
  messageDates,
);

/** Beside `loadOpenSends` of their conversations: those of these messages that it does not bring. */
export const loadNotOpen = statement<MessageRow>(
  'load_not_open',
  `select * from conversation.message where message_id = any($1::text[]) and not open`,
  messageDates,
);

/** By provider id or, where the provider echoes it, by our own: $1 accounts, $2 provider ids, $3 message ids. */
export const loadReceiptTargets = statement<MessageRow>(
  'load_receipt_targets',
  `select m.* from unnest($1::text[], $2::text[]) as r(account, id),
   lateral (select * from conversation.message m where m.channel_account_id = r.account and m.provider_message_id = r.id offset 0) m
   union all select m.* from conversation.message m where m.message_id = any($3::text[])`,
  messageDates,
);

/** Receipts that came before the answer of the send: $1 message ids, $2 the provider ids that the answers gave. */
export const loadEarlyReceipts = statement<EarlyReceiptRow>(
  'load_early_receipts',
  `select e.* from unnest($1::text[], $2::text[]) as r(message_id, provider_message_id),
   lateral (select channel_account_id from conversation.message m where m.message_id = r.message_id offset 0) m,
   lateral (select * from conversation.early_receipt e
            where e.provider_message_id = r.provider_message_id and e.channel_account_id = m.channel_account_id offset 0) e
   order by e.occurred_at`,
  receiptDates,
);

/** What a backend is shown: the agent's number of newest messages, oldest first; what a customer never saw is left out. */
export const loadHistory = statement<
  Pick<MessageRow, 'message_id' | 'conversation_id' | 'sequence' | 'author' | 'text' | 'attachments' | 'created_at'>
>(
  'load_history',
  `select h.* from conversation.conversation c,
   lateral (select history_limit from conversation.agent a where a.agent_id = c.agent_id offset 0) a,
   lateral (select m.message_id, m.conversation_id, m.author, m.text, m.attachments, m.created_at, m.sequence from conversation.message m
            where m.conversation_id = c.conversation_id and m.status not in ('cancelled', 'failed')
            order by m.sequence desc limit a.history_limit) h
   where c.conversation_id = any($1::text[])
   order by h.conversation_id, h.sequence`,
  ['created_at'],
);

export const loadContactsOf = statement<ContactRow & { conversation_id: string }>(
  'load_contacts_of',
  `select v.conversation_id, c.* from conversation.conversation v,
   lateral (select * from conversation.contact c where c.contact_id = v.contact_id offset 0) c
   where v.conversation_id = any($1::text[])`,
  contactDates,
);
