import { type App, type Deps, partnerOf } from '../../context.ts';
import { PageQuery } from '../../schemas/common.ts';
import { WorkspaceList } from '../../schemas/configuration.ts';
import { workspaceJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'listWorkspaces',
  summary: 'List your workspaces',
  description: 'Newest first. Needs a partner key, and shows the workspaces that this partner has made.',
  tags: ['Configuration'],
  querystring: PageQuery,
  response: { 200: WorkspaceList },
};

export function listWorkspaces(app: App, deps: Deps): void {
  app.get('/v1/workspaces', { schema, config: { auth: { scope: 'read', workspace: 'none' } } }, async (request) => {
    const { page_size = 50, page_token } = request.query;
    const partnerId = partnerOf(request);
    const cursor = deps.pageTokens.open(request, page_token);
    const answer = await deps.directory.listWorkspaces({ partnerId, pageSize: page_size, cursor });
    return { workspaces: answer.workspaces.map(workspaceJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
