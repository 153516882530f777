import { type Pipeline, statement } from '@baton/db/pipeline.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { ConversationRow, EarlyReceiptRow, MessageRow } from '../domain/rows.ts';
import { type ClaimDecision, type ClaimState, claimSend, recordSend, type SendResult } from '../domain/send.ts';
import { loadConversations, loadEarlyReceipts, loadNotOpen, loadOpenSends, loadOptOutsOf, lockConversations } from '../store/load.ts';
import { decideAndCommit, type Store } from '../store/store.ts';
import { ownConversation } from './own-conversation.ts';

export interface SendCommand {
  workspaceId: string;
  conversationId: string;
  messageId: string;
}

/** Of what providers answered, the ids that another message of the account has already: $1 message ids, $2 the provider ids that the answers gave. */
const loadTakenIds = statement<{ message_id: string }>(
  'load_taken_ids',
  `select r.message_id from unnest($1::text[], $2::text[]) as r(message_id, provider_message_id),
   lateral (select channel_account_id from conversation.message m where m.message_id = r.message_id offset 0) m,
   lateral (select 1 from conversation.message o where o.channel_account_id = m.channel_account_id
            and o.provider_message_id = r.provider_message_id and o.message_id <> r.message_id offset 0) o`,
);

/** `windowExpiresAt`: until when free text may go out, for providers that want to be told under which rule a message comes. */
export type ClaimAnswer = (ClaimDecision & { windowExpiresAt: Date | null }) | { kind: 'not_found' };
export type RecordAnswer = { kind: 'recorded' | 'already_settled' | 'not_found' };

/** Claims a batch of messages for sending. */
export async function claimSends(
  store: Store,
  commands: (SendCommand & { claimant: string; insteadOfClaim: number })[],
): Promise<ClaimAnswer[]> {
  return decideAndCommit(
    store,
    commands.map((command) => command.workspaceId),
    {
      what: 'claim',
      load: (pipeline) => load(pipeline, commands),
      decide: (ledger, at) =>
        commands.map((command): ClaimAnswer => {
          const state = stateOf(ledger, at, command);
          if (!state) return { kind: 'not_found' };
          return { ...claimSend(ledger, state, command), windowExpiresAt: state.conversation.window_expires_at };
        }),
    },
  );
}

/** Records what providers said about a batch of claimed messages. */
export async function recordSends(store: Store, commands: (SendCommand & SendResult)[]): Promise<RecordAnswer[]> {
  const answers = commands.filter((command) => command.provider_message_id !== '');
  return decideAndCommit(
    store,
    commands.map((command) => command.workspaceId),
    {
      what: 'result',
      load: (pipeline) => load(pipeline, commands, answers),
      decide: (ledger, at) => {
        const given = new Set<string>();
        return commands.map((command): RecordAnswer => {
          const state = stateOf(ledger, at, command);
          if (!state) return { kind: 'not_found' };
          // A provider that gives one id twice must not keep the result from being recorded: the second message goes without.
          const id = `${state.message.channel_account_id} ${command.provider_message_id}`;
          const taken = at.taken.has(command.messageId) || given.has(id);
          given.add(id);
          const earlyReceipts = at.early.filter(
            (receipt) =>
              receipt.channel_account_id === state.message.channel_account_id &&
              receipt.provider_message_id === command.provider_message_id,
          );
          return {
            kind: taken
              ? recordSend(ledger, { ...state, earlyReceipts: [] }, { ...command, provider_message_id: '' })
              : recordSend(ledger, { ...state, earlyReceipts }, command),
          };
        });
      },
    },
  );
}

interface Loaded {
  conversations: Map<string, ConversationRow>;
  messages: Map<string, MessageRow>;
  open: Map<string, MessageRow[]>;
  optOuts: Set<string>;
  early: EarlyReceiptRow[];
  /** Messages whose provider id, as answered, is another message's. */
  taken: Set<string>;
}

/** With `answers` it is for results, which no opt-out changes. */
async function load(pipeline: Pipeline, commands: SendCommand[], answers?: (SendCommand & SendResult)[]): Promise<Loaded> {
  const conversationIds = [...new Set(commands.map((command) => command.conversationId))];
  const messageIds = [...new Set(commands.map((command) => command.messageId))];
  const named = answers ?? [];
  const answered = [named.map((answer) => answer.messageId), named.map((answer) => answer.provider_message_id)];
  const [, [conversations, others, openSends, optOuts, early, taken]] = await pipeline.readAfter(
    { statement: lockConversations, values: [conversationIds] },
    [
      { statement: loadConversations, values: [conversationIds] },
      { statement: loadNotOpen, values: [messageIds] },
      { statement: loadOpenSends, values: [conversationIds] },
      { statement: loadOptOutsOf, values: [answers ? [] : conversationIds] },
      { statement: loadEarlyReceipts, values: answered },
      { statement: loadTakenIds, values: answered },
    ],
  );
  return {
    conversations: new Map(conversations.map((row) => [row.conversation_id, row])),
    messages: new Map([...others, ...openSends].map((row) => [row.message_id, row])),
    open: Map.groupBy(openSends, (row) => row.conversation_id),
    optOuts: new Set(optOuts.map((row) => `${row.agent_id} ${row.address}`)),
    early,
    taken: new Set(taken.map((row) => row.message_id)),
  };
}

function stateOf(ledger: Ledger, at: Loaded, command: SendCommand): ClaimState | undefined {
  const conversation = ownConversation(at.conversations, command);
  const message = at.messages.get(command.messageId);
  if (!conversation || message?.conversation_id !== command.conversationId) return undefined;
  const open = (at.open.get(command.conversationId) ?? []).map((row) => ledger.message(row));
  const waiting = open.filter((row) => row.status === 'queued' || row.status === 'sending');
  return {
    conversation,
    message,
    blocked: waiting.some((row) => row.sequence < message.sequence),
    optedOut: at.optOuts.has(`${conversation.agent_id} ${conversation.remote_address}`),
    next: waiting.find((row) => row.sequence > message.sequence && row.status === 'queued') ?? null,
  };
}
