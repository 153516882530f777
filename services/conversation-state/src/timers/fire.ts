import { statement } from '@baton/db/pipeline.ts';
import { fireTimer } from '../domain/fire-timer.ts';
import type { TimerRow } from '../domain/rows.ts';
import {
  loadAgentsOf,
  loadConversations,
  loadDispatches,
  loadMessages,
  loadOpenSends,
  loadOptOutsOf,
  loadProvidersOf,
  loadTurns,
  lockConversations,
} from '../store/load.ts';
import { decideAndCommit, type Store } from '../store/store.ts';

const loadTimer = statement<TimerRow>('load_timer', `select * from conversation.timer where kind = $1 and subject_id = $2`, ['due_at']);

/** Fires one due timer, if it is still there and still due under the conversation's lock. Two instances may try: one finds it gone. */
export async function fireDueTimer(store: Store, timer: TimerRow): Promise<boolean> {
  const ids = [timer.conversation_id];
  return decideAndCommit(store, [timer.workspace_id], {
    what: 'timer',
    load: async (pipeline) => {
      const [, [present, conversations, agents, providers, optOuts, turns, openSends, dispatches, messages]] = await pipeline.readAfter(
        { statement: lockConversations, values: [ids] },
        [
          { statement: loadTimer, values: [timer.kind, timer.subject_id] },
          { statement: loadConversations, values: [ids] },
          { statement: loadAgentsOf, values: [ids] },
          { statement: loadProvidersOf, values: [ids] },
          { statement: loadOptOutsOf, values: [ids] },
          { statement: loadTurns, values: [ids] },
          { statement: loadOpenSends, values: [ids] },
          { statement: loadDispatches, values: [[timer.subject_id]] },
          { statement: loadMessages, values: [[timer.subject_id]] },
        ],
      );
      return {
        present,
        conversation: conversations[0],
        agent: agents[0],
        provider: providers[0]?.provider,
        optOuts,
        turns,
        openSends,
        dispatch: dispatches[0],
        message: messages[0],
      };
    },
    decide: (ledger, at) => {
      const [present] = at.present;
      if (!present || present.due_at > ledger.now) return false;
      if (!at.conversation || !at.agent || !at.provider) throw new Error(`The ${timer.kind} timer belongs to no conversation.`);
      const { conversation, agent, provider } = at;
      fireTimer(ledger, present, {
        conversation,
        agent,
        provider,
        optedOut: at.optOuts.length > 0,
        modeContext: {
          agentTimeoutSeconds: agent.takeover_timeout_seconds,
          openSends: at.openSends,
          pending: at.turns.find((turn) => turn.dispatch_id === conversation.pending_dispatch_id),
        },
        dispatch: at.dispatch,
        message: at.message,
      });
      return true;
    },
  });
}
