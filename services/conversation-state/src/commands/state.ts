import { type Pipeline, statement } from '@baton/db/pipeline.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { ContactRow, MessageRow } from '../domain/rows.ts';
import type { SendState } from '../domain/send-by-hand.ts';
import {
  loadAgentsOf,
  loadContactsOf,
  loadConversations,
  loadDoubtfulSends,
  loadOpenSends,
  loadOptOutsOf,
  loadProvidersOf,
  loadTurns,
  lockConversations,
} from '../store/load.ts';

const loadResult = statement<{ kind: string; base64: string }>(
  'load_command_result',
  `select kind, encode(result, 'base64') as base64 from conversation.command_result where command_id = $1 and $1 <> ''`,
);

const storeResult = statement<unknown>(
  'store_command_result',
  `insert into conversation.command_result (workspace_id, command_id, kind, result, created_at)
   select $1, $2, $3, $4, $5 where $2 <> ''`,
);

export interface CommandContext {
  workspaceId: string;
  actor: { kind: string; id: string };
  /** Empty: none. */
  commandId: string;
}

export interface LoadedConversation extends SendState {
  contact: ContactRow | undefined;
  openSends: MessageRow[];
  /** The AI's messages that may have gone out although nobody can say so. */
  doubtfulSends: MessageRow[];
  earlier: StoredAnswer | undefined;
}

/** Of a command that has run before. */
export interface StoredAnswer {
  kind: string;
  result: Buffer;
}

/** Everything a command about one conversation decides by, read under its lock. Throws `not_found`, also for a conversation of another workspace. */
export async function loadForCommand(pipeline: Pipeline, context: CommandContext, conversationId: string): Promise<LoadedConversation> {
  const ids = [conversationId];
  const [, [earlier, conversations, agents, providers, optOuts, turns, openSends, doubtfulSends, contacts]] = await pipeline.readAfter(
    { statement: lockConversations, values: [ids] },
    [
      { statement: loadResult, values: [context.commandId] },
      { statement: loadConversations, values: [ids] },
      { statement: loadAgentsOf, values: [ids] },
      { statement: loadProvidersOf, values: [ids] },
      { statement: loadOptOutsOf, values: [ids] },
      { statement: loadTurns, values: [ids] },
      { statement: loadOpenSends, values: [ids] },
      { statement: loadDoubtfulSends, values: [ids] },
      { statement: loadContactsOf, values: [ids] },
    ],
  );
  const [conversation] = conversations;
  const [agent] = agents;
  const [account] = providers;
  if (!conversation || !agent || !account) throw notFound('conversation', conversationId);
  return {
    conversation,
    agent,
    provider: account.provider,
    optedOut: optOuts.length > 0,
    contact: contacts[0],
    openSends,
    doubtfulSends,
    earlier: storedResult(earlier),
    modeContext: {
      agentTimeoutSeconds: agent.takeover_timeout_seconds,
      openSends,
      pending: turns.find((turn) => turn.dispatch_id === conversation.pending_dispatch_id),
    },
  };
}

/** The id belongs to a command of another kind: its stored answer says nothing about this one. */
export const anotherCommand = () => new BatonError('idempotency_mismatch', 'This command id was used for another kind of command.');

/** The answer that was stored with a command id, if there is one. */
export function storedResult([row]: { kind: string; base64: string }[]): StoredAnswer | undefined {
  return row && { kind: row.kind, result: Buffer.from(row.base64, 'base64') };
}

export const findResult = (commandId: string) => ({ statement: loadResult, values: [commandId] });

/** Part of the command's own commit: the same id a second time finds this answer. A concurrent twin meets the primary key and looks again. */
export function rememberResult(context: CommandContext, kind: string, result: Uint8Array, now: Date) {
  return { statement: storeResult, values: [context.workspaceId, context.commandId, kind, Buffer.from(result), now] };
}
