import { type App, commandOf, type Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { Agent, CreateAgent } from '../../schemas/configuration.ts';
import { agentJson, agentOf } from '../../wire/configuration.ts';

const schema = {
  operationId: 'createAgent',
  summary: 'Make an agent',
  tags: ['Configuration'],
  querystring: NoQuery,
  body: CreateAgent,
  response: { 201: Agent },
};

export function createAgent(app: App, deps: Deps): void {
  app.post('/v1/agents', { schema, config: { auth: { scope: 'admin' } } }, async (request, reply) => {
    const agent = await deps.directory.createAgent({ context: commandOf(request), agent: agentOf(request.body) });
    return reply.code(201).send(agentJson(agent));
  });
}
