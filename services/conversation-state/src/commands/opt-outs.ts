import type { Pipeline } from '@baton/db/pipeline.ts';
import { suppressDispatch } from '../domain/change-mode.ts';
import { recordOptIn, recordOptOut, reviveOptOut } from '../domain/contact/opt-out.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { AgentRow, ConversationRow, DispatchRow, ErasedOptOutRow, OptOutRow } from '../domain/rows.ts';
import { loadAgents, loadErasedOptOuts, loadOptOutRows, loadTurns, lockThreads } from '../store/load.ts';
import { type CommandContext, findResult, type StoredAnswer, storedResult } from './state.ts';

export interface OptOutState {
  agent: AgentRow | undefined;
  /** The open conversation of the thread, which events are told in. */
  conversation: ConversationRow | undefined;
  pending: DispatchRow | undefined;
  present: OptOutRow | undefined;
  erased: (ErasedOptOutRow & { address: string }) | undefined;
  earlier: StoredAnswer | undefined;
}

export async function loadOptOutState(
  pipeline: Pipeline,
  context: CommandContext,
  at: { agentId: string; address: string },
): Promise<OptOutState> {
  const thread = [[at.agentId], [at.address]];
  const [[conversation], [earlier, agents, optOuts, erasedOptOuts]] = await pipeline.readAfter({ statement: lockThreads, values: thread }, [
    findResult(context.commandId),
    { statement: loadAgents, values: [[at.agentId]] },
    { statement: loadOptOutRows, values: thread },
    { statement: loadErasedOptOuts, values: thread },
  ]);
  const [turns] = await pipeline.run([{ statement: loadTurns, values: [conversation ? [conversation.conversation_id] : []] }]);
  return {
    agent: agents[0],
    conversation,
    pending: turns.find((turn) => turn.dispatch_id === conversation?.pending_dispatch_id),
    present: optOuts[0],
    erased: erasedOptOuts[0],
    earlier: storedResult(earlier),
  };
}

interface Asked {
  context: CommandContext;
  agentId: string;
  address: string;
}

const byApi = 'api';

/** As if the customer had written STOP. */
export function setOptOut(ledger: Ledger, at: OptOutState, asked: Asked): OptOutRow {
  if (at.present) return at.present;
  const fact = { workspace_id: asked.context.workspaceId, agent_id: asked.agentId, address: asked.address, keyword: byApi };
  if (at.erased) reviveOptOut(ledger, at.erased);
  recordOptOut(ledger, { ...fact, actor: asked.context.actor });
  if (at.conversation) {
    const conversation = ledger.conversation(at.conversation);
    ledger.emit(conversation, 'message.opt_out', { message_id: null, address: asked.address, keyword: byApi });
    if (at.pending?.outcome === 'pending') suppressDispatch(ledger, conversation, ledger.dispatch(at.pending), 'opted_out');
  }
  return { ...fact, created_at: ledger.now };
}

/** As if the customer had written START. False when there was nothing to lift. */
export function liftOptOut(ledger: Ledger, at: OptOutState, asked: Asked): boolean {
  if (!at.present && !at.erased) return false;
  if (at.erased) reviveOptOut(ledger, at.erased);
  const fact = { workspace_id: asked.context.workspaceId, agent_id: asked.agentId, address: asked.address, keyword: byApi };
  recordOptIn(ledger, { ...fact, actor: asked.context.actor });
  if (at.conversation)
    ledger.emit(ledger.conversation(at.conversation), 'message.opt_in', { message_id: null, address: asked.address, keyword: byApi });
  return true;
}
