import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { TestTurn, TestTurnResult } from '../../schemas/agent/test-turn.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { testMessages, testTurnJson } from '../../wire/agent/test-turn.ts';
import { checkedMetadata } from '../../wire/conversation.ts';

const schema = {
  operationId: 'testTurn',
  summary: 'Try what an agent’s AI would say',
  description:
    'Puts a made-up turn to the agent’s backend, webhooks with the header `baton-purpose: test`, and answers what it said. Nothing is stored or sent.',
  tags: ['Configuration'],
  params: Type.Object({ agent_id: Id('agt') }),
  querystring: NoQuery,
  body: TestTurn,
  response: { 200: TestTurnResult },
};

export function testTurn(app: App, deps: Deps): void {
  app.post('/v1/agents/:agent_id/test-turn', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const workspaceId = workspaceOf(request);
    const agentId = requireId('agent', 'agent', request.params.agent_id);
    const { body } = request;
    const { contact } = body;
    const messages = testMessages(body);
    const attributes = checkedMetadata(contact?.attributes, '/contact/attributes') ?? {};
    return testTurnJson(
      await deps.backends.testTurn({
        workspaceId,
        agentId,
        channel: body.channel ?? 'web',
        contact: contact && {
          contactId: '',
          name: contact.name ?? undefined,
          phone: contact.phone ?? undefined,
          email: contact.email ?? undefined,
          attributes,
        },
        messages,
      }),
    );
  });
}
