import type { PlanReplayRequest, PlanReplayResponse } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { planTurns } from '../../store/past-turns.ts';
import type { Store } from '../../store/store.ts';
import { replayBackend } from '../../wire/agent/replay-backend.ts';

export async function handlePlanReplay(
  { store, secrets }: { store: Store; secrets: SecretBox },
  request: PlanReplayRequest,
): Promise<PlanReplayResponse> {
  const { turns, agent } = await planTurns(store, request.workspaceId, {
    agentId: request.agentId || undefined,
    conversationIds: request.conversationIds,
    since: request.since,
    until: request.until,
    limit: request.limit,
    includeHuman: request.includeHuman,
  });
  const backend = replayBackend(request.backend, { replayId: request.replayId, agent, secrets });
  return {
    turns: turns.map((row) => ({ conversationId: row.conversation_id, dispatchId: row.dispatch_id, agentId: row.agent_id })),
    backend: JSON.stringify(backend),
  };
}
