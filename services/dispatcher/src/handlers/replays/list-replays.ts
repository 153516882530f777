import type { ListReplaysRequest, ListReplaysResponse } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { listReplays } from '../../store/replays/replays.ts';
import { replayToWire } from '../../wire/replay.ts';
import { pageOf } from '../page.ts';
import type { ReplayHandlerDeps } from './deps.ts';

/** Newest first; the cursor is the id of the last one shown. */
export async function handleListReplays({ db }: ReplayHandlerDeps, request: ListReplaysRequest): Promise<ListReplaysResponse> {
  const { page, nextCursor } = await pageOf('replay', request, {
    read: (o) => listReplays(db, { workspaceId: request.workspaceId, ...o }),
    idOf: (row) => row.replay_id,
  });
  return { replays: page.map(replayToWire), nextCursor };
}
