import { backendToWire } from '@baton/contracts/backend-wire.ts';
import type { Replay, ReplayTurn, Selection } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import type { ReplayRow, ReplayTurnRow } from '../store/replays/replays.ts';
import type { ReplaySelection } from '../store/tables.ts';

/** A replay as the gRPC contract shows it: never its secret. */
export function replayToWire(row: ReplayRow): Replay {
  return {
    replayId: row.replay_id,
    workspaceId: row.workspace_id,
    name: row.name,
    selection: selectionToWire(row.selection),
    backend: backendToWire(row.backend, row.backend.secret !== null),
    status: row.status,
    error: row.error ?? '',
    total: row.total,
    done: row.done,
    failed: row.failed,
    skipped: row.skipped,
    inputTokens: BigInt(row.input_tokens),
    outputTokens: BigInt(row.output_tokens),
    maxTokens: BigInt(row.max_tokens ?? 0),
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
  };
}

export function replayTurnToWire(row: ReplayTurnRow): ReplayTurn {
  return {
    conversationId: row.conversation_id,
    dispatchId: row.dispatch_id,
    agentId: row.agent_id,
    status: row.status,
    error: row.error ?? '',
    answer: row.answer ? JSON.stringify(row.answer) : '',
  };
}

export function selectionFromWire(wire: Selection): ReplaySelection {
  return {
    agent_id: wire.agentId || null,
    conversation_ids: wire.conversationIds,
    since: wire.since?.toISOString() ?? null,
    until: wire.until?.toISOString() ?? null,
    limit: wire.limit,
    include_human: wire.includeHuman,
  };
}

function selectionToWire(s: ReplaySelection): Selection {
  return {
    agentId: s.agent_id ?? '',
    conversationIds: s.conversation_ids,
    since: s.since === null ? undefined : new Date(s.since),
    until: s.until === null ? undefined : new Date(s.until),
    limit: s.limit,
    includeHuman: s.include_human,
  };
}
