import { type App, type Deps, workspaceOf } from '../../context.ts';
import { AgentList, AgentListQuery } from '../../schemas/configuration.ts';
import { agentJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'listAgents',
  summary: 'List agents',
  tags: ['Configuration'],
  querystring: AgentListQuery,
  response: { 200: AgentList },
};

export function listAgents(app: App, deps: Deps): void {
  app.get('/v1/agents', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token, enabled } = request.query;
    const cursor = deps.pageTokens.open(request, page_token);
    const answer = await deps.directory.listAgents({ workspaceId: workspaceOf(request), pageSize: page_size, cursor, enabled });
    return { agents: answer.agents.map(agentJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
