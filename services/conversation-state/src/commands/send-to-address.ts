import type { SendResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { partitionOf } from '@baton/contracts/subjects.ts';
import type { Channel } from '@baton/contracts/vocabulary.ts';
import { type Pipeline, statement } from '@baton/db/pipeline.ts';
import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import { addressKey, addressKind, emailAddress, learnAddress, meetContact, phoneNumber } from '../domain/contact/contact.ts';
import { reviveOptOut } from '../domain/contact/opt-out.ts';
import type { Ledger } from '../domain/ledger.ts';
import { openConversation } from '../domain/receive-message.ts';
import type { Refusal } from '../domain/refusals.ts';
import type {
  AgentRow,
  ChannelAccountRow,
  ContactRow,
  ConversationRow,
  DispatchRow,
  ErasedOptOutRow,
  JsonObject,
  MessageRow,
} from '../domain/rows.ts';
import { type HandDraft, sendByHand } from '../domain/send-by-hand.ts';
import {
  loadAgents,
  loadContacts,
  loadDoubtfulSends,
  loadErasedOptOuts,
  loadOpenSends,
  loadOptOuts,
  loadPrevious,
  loadTurns,
  lockThreads,
} from '../store/load.ts';
import type { Store } from '../store/store.ts';
import { sendCodec, sendToAnswer } from '../wire/send.ts';
import { decideOnce } from './run.ts';
import { type CommandContext, findResult, type LoadedConversation, type StoredAnswer, storedResult } from './state.ts';

export interface SendToAddressCommand {
  context: CommandContext;
  agentId: string;
  channel: Channel;
  /** The customer's address. */
  to: string;
  /** Ours; empty: the oldest enabled account of the channel that the agent answers on. */
  from: string;
  /** undefined: only make sure that the conversation exists. */
  draft: HandDraft | undefined;
  /** What is known of the person, where they are new. */
  contact: { name: string | null; phone: string | null; email: string | null; attributes: JsonObject };
  subject: string | null;
  metadata: JsonObject;
}

const loadSender = statement<ChannelAccountRow>(
  'load_sender',
  `select * from conversation.channel_account where agent_id = $1 and channel = $2 and enabled and ($3 = '' or address = $3)
   order by channel_account_id limit 1`,
  ['created_at', 'updated_at'],
);

interface Loaded {
  account: ChannelAccountRow | undefined;
  agent: AgentRow | undefined;
  conversation: ConversationRow | undefined;
  previous: { conversation_id: string; window_expires_at: Date | null } | undefined;
  optedOut: boolean;
  erasedOptOut: (ErasedOptOutRow & { address: string }) | undefined;
  contact: ContactRow | undefined;
  taken: Set<string>;
  turns: DispatchRow[];
  openSends: MessageRow[];
  doubtfulSends: MessageRow[];
  earlier: StoredAnswer | undefined;
}

/** Threads onto the open conversation of agent and address, or starts one; then queues the message, if there is one. */
export function sendToAddress(store: Store, command: SendToAddressCommand): Promise<SendResponse> {
  return decideOnce(store, {
    context: command.context,
    codec: sendCodec,
    load: (pipeline) => load(pipeline, command),
    decide: (ledger, at: Loaded) => {
      if (!at.agent || at.agent.deleted_at) return notFound('agent', command.agentId);
      if (!at.account) return noAccount(command);
      return decide(ledger, command, { ...at, agent: at.agent, account: at.account });
    },
  });
}

async function load(pipeline: Pipeline, command: SendToAddressCommand): Promise<Loaded> {
  const thread = [[command.agentId], [command.to]];
  const [conversations, [earlier, accounts, agents, previous, optOuts, erasedOptOuts, contacts]] = await pipeline.readAfter(
    { statement: lockThreads, values: thread },
    [
      findResult(command.context.commandId),
      { statement: loadSender, values: [command.agentId, command.channel, command.from] },
      { statement: loadAgents, values: [[command.agentId]] },
      { statement: loadPrevious, values: thread },
      { statement: loadOptOuts, values: thread },
      { statement: loadErasedOptOuts, values: thread },
      { statement: loadContacts, values: contactKeys(command) },
    ],
  );
  const ids = conversations.map((row) => row.conversation_id);
  const [turns, openSends, doubtfulSends] = await pipeline.run([
    { statement: loadTurns, values: [ids] },
    { statement: loadOpenSends, values: [ids] },
    { statement: loadDoubtfulSends, values: [ids] },
  ]);
  const found = contacts.find((row) => row.kind === addressKind(command.channel) && row.address === command.to);
  return {
    account: accounts[0],
    agent: agents[0],
    conversation: conversations[0],
    previous: previous[0],
    optedOut: optOuts.length > 0 || erasedOptOuts.length > 0,
    erasedOptOut: erasedOptOuts[0],
    contact: found && contactOf(found),
    taken: new Set(contacts.map((row) => addressKey(row.kind, row.address))),
    turns,
    openSends,
    doubtfulSends,
    earlier: storedResult(earlier),
  };
}

/** Workspaces, kinds and addresses side by side: where it goes, and what else is told of the person. */
function contactKeys(command: SendToAddressCommand): [string[], string[], string[]] {
  const { phone, email } = command.contact;
  const kinds = [addressKind(command.channel), 'phone', 'email'];
  return [
    kinds.map(() => command.context.workspaceId),
    kinds,
    [command.to, phoneNumber(phone ?? '') ?? '', emailAddress(email ?? '') ?? ''],
  ];
}

function contactOf({ kind: _kind, address: _address, ...row }: ContactRow & { kind: string; address: string }): ContactRow {
  return row;
}

function decide(
  ledger: Ledger,
  command: SendToAddressCommand,
  at: Loaded & { agent: AgentRow; account: ChannelAccountRow },
): SendResponse | Refusal {
  if (at.erasedOptOut) reviveOptOut(ledger, at.erasedOptOut);
  const contact = at.contact ?? meet(ledger, command, at.taken);
  const conversation = at.conversation ? ledger.conversation(at.conversation) : start(ledger, command, { ...at, contact });
  // A reply goes where the caller says, also when the customer wrote on another channel of the same number last.
  conversation.channel = command.channel;
  conversation.channel_account_id = at.account.channel_account_id;
  conversation.own_address = at.account.address;
  const state: LoadedConversation = {
    conversation,
    agent: at.agent,
    provider: at.account.provider,
    optedOut: at.optedOut,
    contact,
    openSends: at.openSends,
    doubtfulSends: at.doubtfulSends,
    earlier: undefined,
    modeContext: {
      agentTimeoutSeconds: at.agent.takeover_timeout_seconds,
      openSends: at.openSends,
      pending: at.turns.find((turn) => turn.dispatch_id === conversation.pending_dispatch_id),
    },
  };
  if (!command.draft) {
    const mode = { changed: false, from: conversation.ai_mode, to: conversation.ai_mode };
    return sendToAnswer(ledger, state, { message: undefined, mode });
  }
  const sent = sendByHand(ledger, state, command.draft);
  return 'code' in sent ? sent : sendToAnswer(ledger, state, sent);
}

function meet(ledger: Ledger, command: SendToAddressCommand, taken: Set<string>): ContactRow {
  const { name, phone, email, attributes } = command.contact;
  const at = { workspace_id: command.context.workspaceId, kind: addressKind(command.channel), address: command.to };
  const contact = meetContact(ledger, { ...at, attributes, taken });
  contact.name = name;
  learnAddress(ledger, contact, { kind: 'phone', told: phone ?? '', taken });
  learnAddress(ledger, contact, { kind: 'email', told: email ?? '', taken });
  return contact;
}

function start(
  ledger: Ledger,
  command: SendToAddressCommand,
  at: Loaded & { account: ChannelAccountRow; contact: ContactRow },
): ConversationRow {
  const conversation = openConversation(ledger, {
    workspace_id: command.context.workspaceId,
    agent_id: command.agentId,
    partition: partitionOf(command.agentId, command.to),
    channel: command.channel,
    channel_account_id: at.account.channel_account_id,
    remote_address: command.to,
    own_address: at.account.address,
    contact_id: at.contact.contact_id,
    previous_conversation_id: at.previous?.conversation_id ?? null,
  });
  conversation.subject = command.subject;
  conversation.metadata = command.metadata;
  // Closing a conversation does not close the customer's WhatsApp window.
  conversation.window_expires_at = at.previous?.window_expires_at ?? null;
  return conversation;
}

function noAccount(command: SendToAddressCommand): BatonError {
  if (command.from !== '') return invalidField('/from_number', `is not an enabled ${command.channel} address of this agent`);
  return new BatonError(
    'channel_unavailable',
    `The agent ${command.agentId} has no enabled ${command.channel} account to send from; add one with POST /v1/channels.`,
  );
}
