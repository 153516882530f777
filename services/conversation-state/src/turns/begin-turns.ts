import { providerFacts } from '@baton/channels/capabilities.ts';
import { type BeginTurnDecision, beginTurn } from '../domain/begin-turn.ts';
import { goesByItsTurn } from '../domain/outbound.ts';
import type { ContactRow, ConversationRow, JsonObject, MessageRow } from '../domain/rows.ts';
import {
  loadAgentsOf,
  loadContactsOf,
  loadConversations,
  loadHistory,
  loadOpenSends,
  loadOptOutsOf,
  loadTurnsAnd,
  loadTypingTargets,
  lockConversations,
} from '../store/load.ts';
import { decideAndCommit, type Store } from '../store/store.ts';
import { ownConversation } from './own-conversation.ts';

export interface BeginTurnCommand {
  workspaceId: string;
  conversationId: string;
  dispatchId: string;
  redelivered: boolean;
}

export type HistoryMessage = Pick<
  MessageRow,
  'message_id' | 'conversation_id' | 'sequence' | 'author' | 'text' | 'attachments' | 'created_at'
>;

export type BeginTurnAnswer =
  | { kind: 'not_found' }
  /** `unsent`: reply messages of a settled turn, claimed with their acceptance, whose sender is gone; others have signals of their own. */
  | { kind: 'settled'; unsent: string[] }
  | Exclude<BeginTurnDecision, { kind: 'turn' } | { kind: 'settled' | 'busy' | 'held' }>
  | { kind: 'busy' | 'held' }
  | (Extract<BeginTurnDecision, { kind: 'turn' }> & {
      conversation: ConversationRow;
      contact: ContactRow | undefined;
      history: HistoryMessage[];
      typing: TypingTarget | undefined;
    });

export interface TypingTarget {
  provider_message_id: string | null;
  metadata: JsonObject;
}

/** Those that can show a customer that somebody writes. */
const typists = Object.entries(providerFacts)
  .filter(([, channels]) => Object.values(channels).some(({ capabilities }) => capabilities.typingSeconds !== null))
  .map(([provider]) => provider);

/** Begins a batch of turns, each decided by itself; the answer at an index belongs to the command at that index. */
export async function beginTurns(store: Store, commands: BeginTurnCommand[]): Promise<BeginTurnAnswer[]> {
  const conversationIds = unique(commands.map((command) => command.conversationId));
  const dispatchIds = unique(commands.map((command) => command.dispatchId));
  const redelivered = unique(commands.filter((command) => command.redelivered).map((command) => command.conversationId));
  return decideAndCommit(
    store,
    commands.map((command) => command.workspaceId),
    {
      what: 'turn',
      load: async (pipeline) => {
        const [, [conversations, agents, optOuts, dispatches, contacts, history, openSends, typing]] = await pipeline.readAfter(
          { statement: lockConversations, values: [conversationIds] },
          [
            { statement: loadConversations, values: [conversationIds] },
            { statement: loadAgentsOf, values: [conversationIds] },
            { statement: loadOptOutsOf, values: [conversationIds] },
            { statement: loadTurnsAnd, values: [conversationIds, dispatchIds] },
            { statement: loadContactsOf, values: [conversationIds] },
            { statement: loadHistory, values: [conversationIds] },
            { statement: loadOpenSends, values: [redelivered] },
            { statement: loadTypingTargets, values: [conversationIds, typists] },
          ],
        );
        return {
          conversations: new Map(conversations.map((row) => [row.conversation_id, row])),
          agents: new Map(agents.map((row) => [row.agent_id, row])),
          optOuts: new Set(optOuts.map((row) => `${row.agent_id} ${row.address}`)),
          dispatches: new Map(dispatches.map((row) => [row.dispatch_id, row])),
          contacts: new Map(contacts.map((row) => [row.conversation_id, row])),
          history: Map.groupBy(history, (row) => row.conversation_id),
          openSends,
          typing: new Map(typing.map((row) => [row.conversation_id, row])),
        };
      },
      // Lost, the turn is pending again: its signal begins it anew, or whoever commits its answer hears so; the fence does not rest on it.
      forgettable: true,
      decide: (ledger, at) =>
        commands.map((command): BeginTurnAnswer => {
          const loaded = ownConversation(at.conversations, command);
          const dispatch = at.dispatches.get(command.dispatchId);
          const agent = loaded && at.agents.get(loaded.agent_id);
          if (!loaded || !agent || dispatch?.conversation_id !== command.conversationId) return { kind: 'not_found' };
          const conversation = ledger.conversation(loaded);
          const decision = beginTurn(
            ledger,
            {
              conversation: loaded,
              dispatch,
              agent,
              optedOut: at.optOuts.has(`${loaded.agent_id} ${loaded.remote_address}`),
              running: conversation.turn_dispatch_id === null ? undefined : at.dispatches.get(conversation.turn_dispatch_id),
            },
            command.redelivered,
          );
          if (decision.kind === 'settled') {
            // What a person sent of a suggestion is signalled by itself.
            const replied = dispatch.outcome === 'suppressed' ? [] : at.openSends;
            const unsent = replied
              .filter((row) => row.dispatch_id === dispatch.dispatch_id && goesByItsTurn(row))
              .map((row) => row.message_id);
            return { kind: 'settled', unsent };
          }
          if (decision.kind !== 'turn') return decision.kind === 'suppressed' ? decision : { kind: decision.kind };
          return {
            ...decision,
            conversation,
            contact: at.contacts.get(command.conversationId),
            // A draft is read by a person first: a sign that somebody writes would promise too much.
            typing: agent.approval === 'none' ? at.typing.get(command.conversationId) : undefined,
            history: upTo(at.history.get(command.conversationId) ?? [], decision.dispatch.message_ids),
          };
        }),
    },
  );
}

/** A turn that begins again after a crash must not answer what the next turn will be asked: what came after its own messages is not shown. */
function upTo(history: HistoryMessage[], messageIds: string[]): HistoryMessage[] {
  const last = history.findLastIndex((row) => messageIds.includes(row.message_id));
  return last < 0 ? history : history.slice(0, last + 1);
}

const unique = (ids: string[]) => [...new Set(ids)];
