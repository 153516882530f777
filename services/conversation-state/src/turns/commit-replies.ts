import { type CommitReplyDecision, type CommitReplyRequest, commitReply, needsProvider } from '../domain/commit-reply.ts';
import {
  loadAgentsOf,
  loadConversations,
  loadOpenSends,
  loadOptOutsOf,
  loadProvidersOf,
  loadTurnsAnd,
  lockConversations,
} from '../store/load.ts';
import { decideAndCommit, type Store } from '../store/store.ts';
import { ownConversation } from './own-conversation.ts';

export interface CommitReplyCommand extends CommitReplyRequest {
  workspaceId: string;
  conversationId: string;
  dispatchId: string;
}

export type CommitReplyAnswer = CommitReplyDecision | { kind: 'not_found' };

/** Settles a batch of turns, each decided by itself. */
export async function commitReplies(store: Store, commands: CommitReplyCommand[]): Promise<CommitReplyAnswer[]> {
  const conversationIds = [...new Set(commands.map((command) => command.conversationId))];
  // Most replies fit anywhere: of those nobody asks through which provider they go.
  const limited = [...new Set(commands.filter((command) => needsProvider(command.result)).map((command) => command.conversationId))];
  return decideAndCommit(
    store,
    commands.map((command) => command.workspaceId),
    {
      what: 'reply',
      load: async (pipeline) => {
        const [, [conversations, agents, providers, optOuts, dispatches, openSends]] = await pipeline.readAfter(
          { statement: lockConversations, values: [conversationIds] },
          [
            { statement: loadConversations, values: [conversationIds] },
            { statement: loadAgentsOf, values: [conversationIds] },
            { statement: loadProvidersOf, values: [limited] },
            { statement: loadOptOutsOf, values: [conversationIds] },
            { statement: loadTurnsAnd, values: [conversationIds, [...new Set(commands.map((command) => command.dispatchId))]] },
            { statement: loadOpenSends, values: [conversationIds] },
          ],
        );
        return {
          conversations: new Map(conversations.map((row) => [row.conversation_id, row])),
          agents: new Map(agents.map((row) => [row.agent_id, row])),
          providers: new Map(providers.map((row) => [row.conversation_id, row.provider])),
          optOuts: new Set(optOuts.map((row) => `${row.agent_id} ${row.address}`)),
          dispatches: new Map(dispatches.map((row) => [row.dispatch_id, row])),
          openSends: Map.groupBy(openSends, (row) => row.conversation_id),
        };
      },
      decide: (ledger, at) =>
        commands.map((command): CommitReplyAnswer => {
          const loaded = ownConversation(at.conversations, command);
          const dispatch = at.dispatches.get(command.dispatchId);
          const agent = loaded && at.agents.get(loaded.agent_id);
          if (!loaded || !agent || dispatch?.conversation_id !== command.conversationId) return { kind: 'not_found' };
          const pendingId = ledger.conversation(loaded).pending_dispatch_id;
          const state = {
            conversation: loaded,
            dispatch,
            agent,
            provider: at.providers.get(command.conversationId),
            optedOut: at.optOuts.has(`${loaded.agent_id} ${loaded.remote_address}`),
            modeContext: {
              agentTimeoutSeconds: agent.takeover_timeout_seconds,
              openSends: at.openSends.get(command.conversationId) ?? [],
              pending: pendingId === null ? undefined : at.dispatches.get(pendingId),
            },
          };
          return commitReply(ledger, state, command);
        }),
    },
  );
}
