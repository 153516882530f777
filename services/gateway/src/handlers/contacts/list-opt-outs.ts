import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireAnyAddress, requireId } from '../../http/parameters.ts';
import { OptOutList, OptOutListQuery } from '../../schemas/contact.ts';
import { optOutJson } from '../../wire/contact.ts';

const schema = {
  operationId: 'listOptOuts',
  summary: 'List addresses that may not be written to, newest first',
  tags: ['Contacts'],
  querystring: OptOutListQuery,
  response: { 200: OptOutList },
};

export function listOptOuts(app: App, deps: Deps): void {
  app.get('/v1/opt-outs', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token, agent_id, address } = request.query;
    const page = await deps.contacts.listOptOuts({
      workspaceId: workspaceOf(request),
      pageSize: page_size,
      cursor: deps.pageTokens.open(request, page_token),
      agentId: agent_id === undefined ? undefined : requireId('agent', 'agent', agent_id),
      address: address === undefined ? undefined : requireAnyAddress('address', address),
    });
    return { opt_outs: page.optOuts.map(optOutJson), next_page_token: deps.pageTokens.sign(request, page.nextCursor) };
  });
}
