import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { partitionOf } from '@baton/contracts/subjects.ts';
import type { Pipeline, Step } from '@baton/db/pipeline.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { whoseEcho } from '../domain/channel/echo.ts';
import { addressKey, addressKind, emailAddress } from '../domain/contact/contact.ts';
import { reviveOptOut } from '../domain/contact/opt-out.ts';
import type { Ledger } from '../domain/ledger.ts';
import { type PreviousConversation, receiveMessage, type Thread } from '../domain/receive-message.ts';
import type { AgentRow, ContactRow, ConversationRow, DispatchRow, EarlyEchoRow, ErasedOptOutRow, MessageRow } from '../domain/rows.ts';
import { applyReceipt } from '../domain/send.ts';
import {
  loadAccounts,
  loadAgents,
  loadContacts,
  loadErasedOptOuts,
  loadKnown,
  loadNamelessSends,
  loadOpenSends,
  loadOptOuts,
  loadPrevious,
  loadReceiptTargets,
  loadTurns,
  loadUnread,
} from '../store/load.ts';
import { decideAndCommit, type Store } from '../store/store.ts';
import { lockInbound } from './lock-inbound.ts';
import { applyReceipts, type ReceiptState, receiptKeys, receiptState, receiptThreads } from './receipts.ts';

export type InboundItem = { kind: 'message'; message: InboundMessage } | { kind: 'receipt'; receipt: InboundReceipt };

export interface BatchResult {
  stored: number;
  duplicates: number;
  receipts: number;
}

/**
 * Takes a batch of inbound messages and receipts, in stream order, into the database: one transaction, two round trips.
 * `fence` is a step of the same transaction that fails when this process no longer holds the partitions; `waiting`: early receipts, looked at again.
 * Throws when any item cannot be taken (an account that does not exist): the caller then tries them one by one.
 */
export function receiveBatch(store: Store, items: InboundItem[], o: { fence: Step<unknown>[]; waiting?: boolean }): Promise<BatchResult> {
  const messages = items.flatMap((item) => (item.kind === 'message' ? [item.message] : []));
  const receipts = items.flatMap((item) => (item.kind === 'receipt' ? [item.receipt] : []));
  const workspaceIds = items.map((item) => (item.kind === 'message' ? item.message.workspace_id : item.receipt.workspace_id));
  return decideAndCommit(store, workspaceIds, {
    what: 'inbound',
    load: (pipeline) => load(pipeline, messages, receipts),
    decide: (ledger, at) => ({
      ...takeMessages(ledger, at.threads, messages, o.waiting ?? false),
      receipts: applyReceipts(ledger, at.receipts, receipts, o.waiting ?? false),
    }),
    also: () => o.fence,
  });
}

interface ThreadState {
  known: Set<string>;
  accounts: Map<string, string>;
  agents: Map<string, AgentRow>;
  conversations: Map<string, ConversationRow>;
  previous: Map<string, PreviousConversation>;
  optOuts: Set<string>;
  erasedOptOuts: Map<string, ErasedOptOutRow & { address: string }>;
  contacts: Map<string, ContactRow>;
  /** By workspace. */
  taken: Map<string, Set<string>>;
  openSends: Map<string, MessageRow[]>;
  /** Of unknown fate, without a provider id. */
  nameless: Map<string, MessageRow[]>;
  dispatches: Map<string, DispatchRow>;
}

const threadKey = (agentId: string, address: string) => `${agentId} ${address}`;
const providerKey = (accountId: string, providerMessageId: string) => `${accountId} ${providerMessageId}`;
const contactKey = (workspaceId: string, kind: string, address: string) => `${workspaceId} ${kind} ${address}`;

async function load(
  pipeline: Pipeline,
  messages: InboundMessage[],
  receipts: InboundReceipt[],
): Promise<{ threads: ThreadState; receipts: ReceiptState }> {
  const threads = [...new Map(messages.map((m) => [threadKey(m.agent_id, m.from), [m.agent_id, m.from] as const])).values()];
  const agentIds = threads.map(([agentId]) => agentId);
  const addresses = threads.map(([, address]) => address);
  const keys = receiptKeys(receipts);
  const told = receiptThreads(receipts);
  const [locked, [targets, unread, known, accounts, agents, previous, optOuts, contacts]] = await pipeline.readAfter(
    { statement: lockInbound, values: [[...agentIds, ...told[0]], [...addresses, ...told[1]], ...keys] },
    [
      { statement: loadReceiptTargets, values: keys },
      { statement: loadUnread, values: told },
      { statement: loadKnown, values: [messages.map((m) => m.channel_account_id), messages.map((m) => m.provider_message_id)] },
      { statement: loadAccounts, values: [[...new Set(messages.map((m) => m.channel_account_id))]] },
      { statement: loadAgents, values: [[...new Set(agentIds)]] },
      { statement: loadPrevious, values: [agentIds, addresses] },
      { statement: loadOptOuts, values: [agentIds, addresses] },
      { statement: loadContacts, values: contactKeys(messages) },
    ],
  );
  const wanted = new Set(threads.map(([agentId, address]) => threadKey(agentId, address)));
  const conversations = locked.filter((c) => c.closed_at === null && wanted.has(threadKey(c.agent_id, c.remote_address)));
  // Only conversations with a turn on the way or a message on its way out have anything more to load.
  const busy = conversations.filter((c) => c.pending_dispatch_id !== null || c.turn_dispatch_id !== null);
  const echoed = new Set(messages.filter((m) => m.author === 'human').map((m) => threadKey(m.agent_id, m.from)));
  const echoedIds = conversations.filter((c) => echoed.has(threadKey(c.agent_id, c.remote_address))).map((c) => c.conversation_id);
  // Nobody is behind the address: an opt-out may have outlived the person's erasure.
  const familiar = new Set(contacts.map((row) => contactKey(row.workspace_id, row.kind, row.address)));
  const newcomers = messages.filter((m) => !familiar.has(contactKey(m.workspace_id, addressKind(m.channel), m.from)));
  const [turns, openSends, nameless, erasedOptOuts] =
    busy.length > 0 || echoedIds.length > 0 || newcomers.length > 0
      ? await pipeline.run([
          { statement: loadTurns, values: [busy.map((c) => c.conversation_id)] },
          { statement: loadOpenSends, values: [echoedIds] },
          { statement: loadNamelessSends, values: [echoedIds] },
          { statement: loadErasedOptOuts, values: [newcomers.map((m) => m.agent_id), newcomers.map((m) => m.from)] },
        ])
      : [[], [], [], []];
  const state: ThreadState = {
    known: new Set(known.map((row) => providerKey(row.channel_account_id, row.provider_message_id))),
    accounts: new Map(accounts.map((row) => [row.channel_account_id, row.workspace_id])),
    agents: new Map(agents.map((row) => [row.agent_id, row])),
    conversations: new Map(conversations.map((row) => [threadKey(row.agent_id, row.remote_address), row])),
    previous: new Map(previous.map((row) => [threadKey(row.agent_id, row.remote_address), row])),
    erasedOptOuts: new Map(erasedOptOuts.map((row) => [threadKey(row.agent_id, row.address), row])),
    optOuts: new Set(optOuts.map((row) => threadKey(row.agent_id, row.address))),
    // By workspace too: a batch serves several tenants, and they have customers in common.
    contacts: new Map(contacts.map(({ kind, address, ...row }) => [contactKey(row.workspace_id, kind, address), row])),
    taken: takenAddresses(contacts),
    openSends: Map.groupBy(openSends, (row) => row.conversation_id),
    nameless: Map.groupBy(nameless, (row) => row.conversation_id),
    dispatches: new Map(turns.map((row) => [row.dispatch_id, row])),
  };
  return { threads: state, receipts: receiptState(locked, targets, unread) };
}

/** `waiting`: these are echoes that were held, looked at once more. */
function takeMessages(
  ledger: Ledger,
  at: ThreadState,
  messages: InboundMessage[],
  waiting: boolean,
): { stored: number; duplicates: number } {
  const threads = new Map<string, Thread>();
  let stored = 0;
  let duplicates = 0;
  for (const m of messages) {
    const key = providerKey(m.channel_account_id, m.provider_message_id);
    if (at.known.has(key)) {
      duplicates++;
      if (waiting) ledger.also.earlyEchoesDone.push(m);
      continue;
    }
    at.known.add(key);
    if (m.author === 'human' && isOurs(ledger, at, m, waiting)) {
      duplicates++;
      continue;
    }
    const thread = threads.get(threadKey(m.agent_id, m.from)) ?? openThread(ledger, at, m);
    threads.set(threadKey(m.agent_id, m.from), thread);
    receiveMessage(ledger, thread, m);
    if (thread.contact) knowAddresses(at, thread.contact, m);
    stored++;
  }
  return { stored, duplicates };
}

/** Whether an echo is not to be taken for a person's words: it is of a send of ours, or may be and is held until that is known. */
function isOurs(ledger: Ledger, at: ThreadState, m: InboundMessage, waiting: boolean): boolean {
  const loaded = at.conversations.get(threadKey(m.agent_id, m.from));
  const id = loaded?.conversation_id ?? '';
  const sends = [...(at.openSends.get(id) ?? []), ...(at.nameless.get(id) ?? [])].map((row) => ledger.message(row));
  const verdict = whoseEcho(m, sends, ledger.now);
  if (verdict.kind === 'wait') {
    if (!waiting) ledger.also.earlyEchoes.push(heldEcho(m));
    return true;
  }
  if (waiting) ledger.also.earlyEchoesDone.push(m);
  if (verdict.kind === 'theirs' || !loaded) return false;
  verdict.message.provider_message_id = m.provider_message_id;
  applyReceipt(ledger, ledger.conversation(loaded), verdict.message, { status: 'sent', at: new Date(m.received_at), error: null });
  return true;
}

function heldEcho(m: InboundMessage): EarlyEchoRow {
  const { workspace_id, channel_account_id, provider_message_id, from, received_at } = m;
  return { workspace_id, channel_account_id, provider_message_id, from_address: from, message: m, received_at: new Date(received_at) };
}

/** Workspaces, kinds and addresses side by side: where the messages come from, and the e-mail addresses that they tell. */
function contactKeys(messages: InboundMessage[]): [string[], string[], string[]] {
  const keys = messages.flatMap((m) => {
    const email = emailAddress(m.contact?.email ?? '');
    return [[m.workspace_id, addressKind(m.channel), m.from], ...(email === undefined ? [] : [[m.workspace_id, 'email', email]])];
  });
  const unique = [...new Map(keys.map((key) => [key.join(' '), key])).values()];
  return [unique.map((key) => key[0]!), unique.map((key) => key[1]!), unique.map((key) => key[2]!)];
}

function takenAddresses(rows: (ContactRow & { kind: string; address: string })[]): ThreadState['taken'] {
  const ofWorkspace = [...Map.groupBy(rows, (row) => row.workspace_id)];
  return new Map(ofWorkspace.map(([workspaceId, own]) => [workspaceId, new Set(own.map((row) => addressKey(row.kind, row.address)))]));
}

/** A later thread of the batch may be the same person's: on another agent, or by the address that was just learned. */
function knowAddresses(at: ThreadState, contact: ContactRow, m: InboundMessage): void {
  at.contacts.set(contactKey(m.workspace_id, addressKind(m.channel), m.from), contact);
  if (contact.email !== null) at.contacts.set(contactKey(m.workspace_id, 'email', contact.email), contact);
}

function openThread(ledger: Ledger, at: ThreadState, m: InboundMessage): Thread {
  const agent = at.agents.get(m.agent_id);
  // The batch may serve several tenants at once, so row-level security alone does not tell them apart here.
  if (agent?.workspace_id !== m.workspace_id || at.accounts.get(m.channel_account_id) !== m.workspace_id) {
    throw new BatonError(
      'not_found',
      `The channel account ${m.channel_account_id} or its agent ${m.agent_id} does not exist in workspace ${m.workspace_id}.`,
    );
  }
  const loaded = at.conversations.get(threadKey(m.agent_id, m.from));
  const contact = at.contacts.get(contactKey(m.workspace_id, addressKind(m.channel), m.from));
  const taken = at.taken.get(m.workspace_id) ?? new Set<string>();
  at.taken.set(m.workspace_id, taken);
  const erasedOptOut = at.erasedOptOuts.get(threadKey(m.agent_id, m.from));
  if (erasedOptOut) reviveOptOut(ledger, erasedOptOut);
  const pending = loaded?.pending_dispatch_id ? at.dispatches.get(loaded.pending_dispatch_id) : undefined;
  return {
    partition: partitionOf(m.agent_id, m.from),
    agent,
    conversation: loaded && ledger.conversation(loaded),
    previous: at.previous.get(threadKey(m.agent_id, m.from)),
    contact: contact && ledger.contact(contact),
    taken,
    optedOut: erasedOptOut !== undefined || at.optOuts.has(threadKey(m.agent_id, m.from)),
    modeContext: {
      agentTimeoutSeconds: agent.takeover_timeout_seconds,
      openSends: loaded ? (at.openSends.get(loaded.conversation_id) ?? []) : [],
      pending,
    },
  };
}
