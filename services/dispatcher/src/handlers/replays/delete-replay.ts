import type { DeleteReplayRequest, DeleteReplayResponse } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { deleteReplay, findReplay } from '../../store/replays/replays.ts';
import { contextOf } from '../context.ts';
import type { ReplayHandlerDeps } from './deps.ts';

/** Gone at once, with its answers; what is under way is cut off. Not one of another workspace: to this one it does not exist. */
export async function handleDeleteReplay({ db, replays }: ReplayHandlerDeps, request: DeleteReplayRequest): Promise<DeleteReplayResponse> {
  const at = { workspaceId: contextOf(request.context).workspaceId, replayId: request.replayId };
  if (!(await findReplay(db, at.workspaceId, at.replayId))) return {};
  await deleteReplay(db, at);
  replays.cutOff(at.replayId);
  return {};
}
