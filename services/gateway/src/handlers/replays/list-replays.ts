import { type App, type Deps, workspaceOf } from '../../context.ts';
import { ReplayList } from '../../schemas/agent/replay.ts';
import { PageQuery } from '../../schemas/common.ts';
import { replayJson } from '../../wire/agent/replay.ts';

const schema = {
  operationId: 'listReplays',
  summary: 'List replays',
  tags: ['Replays'],
  querystring: PageQuery,
  response: { 200: ReplayList },
};

export function listReplays(app: App, deps: Deps): void {
  app.get('/v1/replays', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size: pageSize = 50, page_token } = request.query;
    const cursor = deps.pageTokens.open(request, page_token);
    const answer = await deps.replays.listReplays({ workspaceId: workspaceOf(request), pageSize, cursor });
    return { replays: answer.replays.map(replayJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
