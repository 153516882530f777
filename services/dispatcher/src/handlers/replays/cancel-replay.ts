import type { CancelReplayRequest, Replay } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { cancelReplay } from '../../store/replays/replays.ts';
import { replayToWire } from '../../wire/replay.ts';
import { contextOf } from '../context.ts';
import type { ReplayHandlerDeps } from './deps.ts';

export async function handleCancelReplay({ db, replays }: ReplayHandlerDeps, request: CancelReplayRequest): Promise<Replay> {
  const { workspaceId } = contextOf(request.context);
  const row = await cancelReplay(db, { workspaceId, replayId: request.replayId });
  if (!row) throw notFound('replay', request.replayId);
  replays.cutOff(request.replayId);
  return replayToWire(row);
}
