import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireAnyAddress, requireId } from '../../http/parameters.ts';
import { Id, Paging } from '../../schemas/common.ts';
import { OptOutHistory } from '../../schemas/contact.ts';
import { actorJson } from '../../wire/contact.ts';
import { iso } from '../../wire/time.ts';

const schema = {
  operationId: 'listOptOutHistory',
  summary: 'List when and by whose word an address left and came back, newest first',
  tags: ['Contacts'],
  params: Type.Object({ address: Type.String({ examples: ['+14155550123'] }) }),
  querystring: Type.Object({ ...Paging, agent_id: Id('agt') }, { additionalProperties: false }),
  response: { 200: OptOutHistory },
};

export function listOptOutHistory(app: App, deps: Deps): void {
  app.get('/v1/opt-outs/:address/history', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token, agent_id } = request.query;
    const page = await deps.contacts.listOptOutHistory({
      workspaceId: workspaceOf(request),
      agentId: requireId('agent', 'agent', agent_id),
      address: requireAnyAddress('address', request.params.address),
      pageSize: page_size,
      cursor: deps.pageTokens.open(request, page_token),
    });
    const history = page.history.map((one) => ({
      action: one.action,
      keyword: one.keyword,
      ...actorJson(one.actor),
      created_at: iso(one.createdAt),
    }));
    return { history, next_page_token: deps.pageTokens.sign(request, page.nextCursor) };
  });
}
