import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireAnyAddress, requireId } from '../../http/parameters.ts';
import { Id } from '../../schemas/common.ts';
import { LiftedOptOut } from '../../schemas/contact.ts';

const schema = {
  operationId: 'liftOptOut',
  summary: 'Let an agent write to an address again',
  description: 'The same as if the customer had written START. Ask the customer first.',
  tags: ['Contacts'],
  params: Type.Object({ address: Type.String({ examples: ['+14155550123'] }) }),
  querystring: Type.Object({ agent_id: Id('agt') }, { additionalProperties: false }),
  response: { 200: LiftedOptOut },
};

export function liftOptOut(app: App, deps: Deps): void {
  app.delete('/v1/opt-outs/:address', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const agentId = requireId('agent', 'agent', request.query.agent_id);
    const address = requireAnyAddress('address', request.params.address);
    const { lifted } = await deps.contacts.liftOptOut({ context: commandOf(request), agentId, address });
    return { agent_id: agentId, address, lifted };
  });
}
