import { Type } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { DeletedReplay } from '../../schemas/agent/replay.ts';
import { Id, NoQuery } from '../../schemas/common.ts';

const schema = {
  operationId: 'deleteReplay',
  summary: 'Delete a replay',
  description: 'With everything it was answered; requests under way are cut off.',
  tags: ['Replays'],
  params: Type.Object({ replay_id: Id('rpl') }),
  querystring: NoQuery,
  response: { 200: DeletedReplay },
};

export function deleteReplay(app: App, deps: Deps): void {
  app.delete('/v1/replays/:replay_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const replayId = requireId('replay', 'replay', request.params.replay_id);
    await deps.replays.getReplay({ workspaceId: workspaceOf(request), replayId });
    await deps.replays.deleteReplay({ context: commandOf(request), replayId });
    return { replay_id: replayId, deleted: true };
  });
}
