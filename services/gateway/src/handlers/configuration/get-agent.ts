import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Agent } from '../../schemas/configuration.ts';
import { agentJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'getAgent',
  summary: 'Get an agent',
  tags: ['Configuration'],
  params: Type.Object({ agent_id: Id('agt') }),
  querystring: NoQuery,
  response: { 200: Agent },
};

export function getAgent(app: App, deps: Deps): void {
  app.get('/v1/agents/:agent_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const agentId = requireId('agent', 'agent', request.params.agent_id);
    return agentJson(await deps.directory.getAgent({ workspaceId: workspaceOf(request), agentId }));
  });
}
