import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireAnyAddress, requireId } from '../../http/parameters.ts';
import { NoQuery } from '../../schemas/common.ts';
import { OptOut, SetOptOut } from '../../schemas/contact.ts';
import { optOutJson } from '../../wire/contact.ts';

const schema = {
  operationId: 'setOptOut',
  summary: 'Opt an address out of an agent’s messages',
  description: 'The same as if the customer had written STOP: nothing is sent to the address by this agent, and no AI answers it.',
  tags: ['Contacts'],
  params: Type.Object({ address: Type.String({ examples: ['+14155550123'] }) }),
  querystring: NoQuery,
  body: SetOptOut,
  response: { 200: OptOut },
};

export function setOptOut(app: App, deps: Deps): void {
  app.put('/v1/opt-outs/:address', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const agentId = requireId('agent', 'agent', request.body.agent_id);
    const address = requireAnyAddress('address', request.params.address);
    return optOutJson(await deps.contacts.setOptOut({ context: commandOf(request), agentId, address }));
  });
}
