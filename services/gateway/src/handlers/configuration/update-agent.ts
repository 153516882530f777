import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Agent, UpdateAgent } from '../../schemas/configuration.ts';
import { agentJson, agentOf } from '../../wire/configuration.ts';

const schema = {
  operationId: 'updateAgent',
  summary: 'Change an agent',
  description: 'Fields not given stay; `backend` is replaced as a whole, but keeps its secret where none is given.',
  tags: ['Configuration'],
  params: Type.Object({ agent_id: Id('agt') }),
  querystring: NoQuery,
  body: UpdateAgent,
  response: { 200: Agent },
};

export function updateAgent(app: App, deps: Deps): void {
  app.patch('/v1/agents/:agent_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const agentId = requireId('agent', 'agent', request.params.agent_id);
    const { body } = request;
    return agentJson(
      await deps.directory.updateAgent({ context: commandOf(request), agentId, fields: Object.keys(body), agent: agentOf(body) }),
    );
  });
}
