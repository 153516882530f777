import type { GetReplayRequest, Replay } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { findReplay } from '../../store/replays/replays.ts';
import { replayToWire } from '../../wire/replay.ts';
import type { ReplayHandlerDeps } from './deps.ts';

export async function handleGetReplay({ db }: ReplayHandlerDeps, { workspaceId, replayId }: GetReplayRequest): Promise<Replay> {
  const row = await findReplay(db, workspaceId, replayId);
  if (!row) throw notFound('replay', replayId);
  return replayToWire(row);
}
