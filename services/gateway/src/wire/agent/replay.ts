import type { PastTurn } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import type {
  Selection,
  Replay as WireReplay,
  ReplayTurn as WireReplayTurn,
} from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import type { Static } from 'typebox';
import { requireId } from '../../http/parameters.ts';
import type { CreateReplay, Replay, ReplayTurn } from '../../schemas/agent/replay.ts';
import { dispatchJson } from '../conversation.ts';
import { messageJson } from '../message.ts';
import { dateOf, iso, isoOrNull } from '../time.ts';
import { backendJson } from './backend.ts';

export function selectionOf(body: Static<typeof CreateReplay>): Selection {
  return {
    agentId: body.agent_id === undefined ? '' : requireId('agent', 'agent', body.agent_id),
    conversationIds: (body.conversation_ids ?? []).map((id) => requireId('conversation', 'conversation', id)),
    since: dateOf('/since', body.since),
    until: dateOf('/until', body.until),
    limit: body.limit ?? 100,
    includeHuman: body.include_human ?? false,
  };
}

export function replayJson(r: WireReplay): Replay {
  const { selection } = r;
  return {
    replay_id: r.replayId,
    name: r.name,
    agent_id: selection?.agentId || null,
    conversation_ids: selection?.conversationIds ?? [],
    since: isoOrNull(selection?.since),
    until: isoOrNull(selection?.until),
    limit: selection?.limit ?? 0,
    include_human: selection?.includeHuman ?? false,
    max_tokens: r.maxTokens === 0n ? null : Number(r.maxTokens),
    backend: backendJson(r.backend),
    status: r.status as Replay['status'],
    error: r.error || null,
    counts: { total: r.total, done: r.done, failed: r.failed, skipped: r.skipped },
    usage: { input_tokens: Number(r.inputTokens), output_tokens: Number(r.outputTokens) },
    created_at: iso(r.createdAt),
    started_at: isoOrNull(r.startedAt),
    ended_at: isoOrNull(r.endedAt),
  };
}

/** `past`: undefined where nothing is left of the turn. */
export function replayTurnJson(turn: WireReplayTurn, past: PastTurn | undefined): ReplayTurn {
  return {
    dispatch_id: turn.dispatchId,
    conversation_id: turn.conversationId,
    agent_id: turn.agentId,
    status: turn.status as ReplayTurn['status'],
    error: turn.error || null,
    asked: (past?.asked ?? []).map(messageJson),
    before: past ? beforeJson(past) : null,
    after: turn.answer === '' ? null : JSON.parse(turn.answer),
  };
}

const neverWentOut = new Set(['cancelled', 'failed']);

function beforeJson({ dispatch, answered }: PastTurn): ReplayTurn['before'] {
  if (!dispatch) return null;
  const { outcome, reason, error, latency_ms, usage, suggestion } = dispatchJson(dispatch);
  const messages = answered.map(messageJson);
  const first = messages.find((one) => !neverWentOut.has(one.status));
  return { outcome, reason, error, latency_ms, usage, answered_by: first?.author ?? null, messages, suggestion };
}
