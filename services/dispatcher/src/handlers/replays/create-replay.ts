import type { DirectoryBackend } from '@baton/contracts/directory.ts';
import type { CreateReplayRequest, Replay, Selection } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import { findByCommand, insertReplay } from '../../store/replays/replays.ts';
import { replayToWire, selectionFromWire } from '../../wire/replay.ts';
import { contextOf } from '../context.ts';
import type { ReplayHandlerDeps } from './deps.ts';

const mostTurns = 1000;
const mostConversations = 100;

/** The turns are chosen now; how they end, and what was said meanwhile, is read when they are asked. The same command again gives the same replay. */
export async function handleCreateReplay({ db, replays }: ReplayHandlerDeps, request: CreateReplayRequest): Promise<Replay> {
  const { workspaceId, commandId } = contextOf(request.context);
  const { pastTurns, settings } = replays.deps;
  const made = commandId === null ? undefined : await findByCommand(db, workspaceId, commandId);
  if (made) return replayToWire(made);
  const selection = checked(request.selection);
  const replayId = newId('replay');
  const plan = await pastTurns.planReplay({ workspaceId, replayId, ...selection, backend: request.backend });
  const backend = JSON.parse(plan.backend) as DirectoryBackend;
  const empty = plan.turns.length === 0;
  const row = await insertReplay(
    db,
    {
      replay_id: replayId,
      workspace_id: workspaceId,
      name: request.name,
      selection: JSON.stringify(selectionFromWire(selection)),
      backend: JSON.stringify(empty ? { ...backend, secret: null } : backend),
      max_tokens: request.maxTokens === 0n ? null : Number(request.maxTokens),
      total: plan.turns.length,
      ...(empty && { status: 'completed', ended_at: new Date() }),
      created_by_command: commandId,
    },
    plan.turns.map((turn) => ({
      conversation_id: turn.conversationId,
      dispatch_id: turn.dispatchId,
      agent_id: turn.agentId,
      asked_as: newId('dispatch'),
    })),
    settings.openPerWorkspace,
  );
  if (!row) throw new BatonError('conflict', `${settings.openPerWorkspace} replays are under way already: wait for one, or cancel it.`);
  replays.wake();
  return replayToWire(row);
}

function checked(given: Selection | undefined): Selection {
  if (!given || (given.agentId === '' && given.conversationIds.length === 0))
    throw invalidField('/agent_id', 'is missing: give it, or conversation_ids');
  if (given.conversationIds.length > mostConversations) throw invalidField('/conversation_ids', `must be at most ${mostConversations}`);
  if (given.limit < 1 || given.limit > mostTurns) throw invalidField('/limit', `must be from 1 to ${mostTurns}`);
  return given;
}
