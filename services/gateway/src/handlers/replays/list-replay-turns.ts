import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { ReplayTurnList, ReplayTurnQuery } from '../../schemas/agent/replay.ts';
import { Id } from '../../schemas/common.ts';
import { replayTurnJson } from '../../wire/agent/replay.ts';

const schema = {
  operationId: 'listReplayTurns',
  summary: 'Compare what was answered with what the other backend answers',
  description: 'Of a customer who is erased nothing is shown.',
  tags: ['Replays'],
  params: Type.Object({ replay_id: Id('rpl') }),
  querystring: ReplayTurnQuery,
  response: { 200: ReplayTurnList },
};

/** The dispatcher has what is answered now; what was said then is read where it stands, so that nobody keeps a copy of it. */
export function listReplayTurns(app: App, deps: Deps): void {
  app.get('/v1/replays/:replay_id/turns', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const workspaceId = workspaceOf(request);
    const replayId = requireId('replay', 'replay', request.params.replay_id);
    const { page_size: pageSize = 50, page_token } = request.query;
    const cursor = deps.pageTokens.open(request, page_token);
    const { turns, nextCursor } = await deps.replays.listReplayTurns({ workspaceId, replayId, pageSize, cursor });
    const past = await deps.pastTurns.listPastTurns({ workspaceId, dispatchIds: turns.map((turn) => turn.dispatchId) });
    const byId = new Map(past.turns.map((one) => [one.dispatch?.dispatchId, one]));
    return {
      turns: turns.map((turn) => replayTurnJson(turn, byId.get(turn.dispatchId))),
      next_page_token: deps.pageTokens.sign(request, nextCursor),
    };
  });
}
