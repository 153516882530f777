import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Replay } from '../../schemas/agent/replay.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { replayJson } from '../../wire/agent/replay.ts';

const schema = {
  operationId: 'getReplay',
  summary: 'Get a replay',
  description: 'How far it has come, and what it has cost.',
  tags: ['Replays'],
  params: Type.Object({ replay_id: Id('rpl') }),
  querystring: NoQuery,
  response: { 200: Replay },
};

export function getReplay(app: App, deps: Deps): void {
  app.get('/v1/replays/:replay_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const replayId = requireId('replay', 'replay', request.params.replay_id);
    return replayJson(await deps.replays.getReplay({ workspaceId: workspaceOf(request), replayId }));
  });
}
