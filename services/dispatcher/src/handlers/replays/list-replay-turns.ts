import type { ListReplayTurnsRequest, ListReplayTurnsResponse } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import { wholeUpTo } from '../../domain/replay/whole-up-to.ts';
import { findReplay, listReplayTurns } from '../../store/replays/replays.ts';
import { replayTurnToWire } from '../../wire/replay.ts';
import type { ReplayHandlerDeps } from './deps.ts';

/** Whole answers: fewer in a page than elsewhere. */
const mostInPage = 100;
/** A backend may answer a MiB to each turn, and an answer over gRPC has 64 MiB at most. */
const mostBytes = 16 * 1024 ** 2;

/** The cursor is the position of the last one shown. */
export async function handleListReplayTurns({ db }: ReplayHandlerDeps, request: ListReplayTurnsRequest): Promise<ListReplayTurnsResponse> {
  const { workspaceId, replayId, cursor } = request;
  if (cursor !== '' && !/^\d{1,6}$/.test(cursor)) throw new BatonError('invalid_page_token', 'The cursor is none of ours.');
  if (!(await findReplay(db, workspaceId, replayId))) throw notFound('replay', replayId);
  const size = Math.min(Math.max(request.pageSize || 50, 1), mostInPage);
  const rows = await listReplayTurns(db, { workspaceId, replayId, after: cursor === '' ? -1 : Number(cursor), limit: size + 1 });
  const turns = rows.slice(0, size).map(replayTurnToWire);
  const shown = wholeUpTo(turns, mostBytes, (turn) => Buffer.byteLength(turn.answer));
  return { turns: turns.slice(0, shown), nextCursor: rows.length > shown ? String(rows[shown - 1]?.position) : '' };
}
