import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { ForceQuery, Id } from '../../schemas/common.ts';
import { Agent } from '../../schemas/configuration.ts';
import { agentJson } from '../../wire/configuration.ts';

const schema = {
  operationId: 'deleteAgent',
  summary: 'Delete an agent for good',
  description:
    'It answers nothing any more; the reply of a turn that runs is kept as a suggestion. With channel accounts or open conversations it is refused (`in_use`) ' +
    'unless forced: then its accounts are deleted with it. Its conversations stay, and people can still read and close them.',
  tags: ['Configuration'],
  params: Type.Object({ agent_id: Id('agt') }),
  querystring: ForceQuery,
  response: { 200: Agent },
};

export function deleteAgent(app: App, deps: Deps): void {
  app.delete('/v1/agents/:agent_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const agentId = requireId('agent', 'agent', request.params.agent_id);
    return agentJson(await deps.directory.deleteAgent({ context: commandOf(request), agentId, force: request.query.force ?? false }));
  });
}
