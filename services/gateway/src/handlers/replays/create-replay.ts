import { type App, commandOf, type Deps } from '../../context.ts';
import { CreateReplay, Replay } from '../../schemas/agent/replay.ts';
import { NoQuery } from '../../schemas/common.ts';
import { backendOf } from '../../wire/agent/backend.ts';
import { replayJson, selectionOf } from '../../wire/agent/replay.ts';

const schema = {
  operationId: 'createReplay',
  summary: 'Put past turns to another AI backend',
  description:
    'Each turn is asked with the history as it stood then; webhooks are told by the header `baton-purpose: replay`. Nothing is sent to customers, and no conversation changes.',
  tags: ['Replays'],
  querystring: NoQuery,
  body: CreateReplay,
  response: { 202: Replay },
};

export function createReplay(app: App, deps: Deps): void {
  app.post('/v1/replays', { schema, config: { auth: { scope: 'admin' } } }, async (request, reply) => {
    const { body } = request;
    const made = await deps.replays.createReplay({
      context: commandOf(request),
      name: body.name ?? '',
      selection: selectionOf(body),
      backend: backendOf(body.backend),
      maxTokens: BigInt(body.max_tokens ?? 0),
    });
    return reply.code(202).send(replayJson(made));
  });
}
