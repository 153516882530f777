import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Replay } from '../../schemas/agent/replay.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { replayJson } from '../../wire/agent/replay.ts';

const schema = {
  operationId: 'cancelReplay',
  summary: 'End a replay before its time',
  description: 'Requests under way are cut off; what was answered stays. One that is over stays as it is.',
  tags: ['Replays'],
  params: Type.Object({ replay_id: Id('rpl') }),
  querystring: NoQuery,
  body: Type.Object({}, { title: 'CancelReplay', additionalProperties: false }),
  response: { 200: Replay },
};

export function cancelReplay(app: App, deps: Deps): void {
  app.post('/v1/replays/:replay_id/cancel', { schema, config: { auth: { scope: 'admin' }, optionalBody: true } }, async (request) => {
    const replayId = requireId('replay', 'replay', request.params.replay_id);
    return replayJson(await deps.replays.cancelReplay({ context: commandOf(request), replayId }));
  });
}
