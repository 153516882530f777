import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { Limit } from '../paging.ts';
import { crm } from './dialect.ts';
import { CrmSearch } from './schemas.ts';
import { crmHit } from './shapes.ts';

const schema = {
  operationId: 'crmSearchMessages',
  summary: 'Find messages by any part of their text, in any letter case',
  tags: [crm.tag],
  querystring: Type.Object({
    query: Type.String({ minLength: 1, maxLength: 200, examples: ['apartment'] }),
    limit: Type.Optional(Limit({ default: 10, max: 50 })),
  }),
  response: { 200: CrmSearch },
};

export function searchCrmMessages(app: App, deps: Deps): void {
  app.get('/dialects/crm/api/v1/conversations/search', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { query, limit = 10 } = request.query;
    const workspaceId = workspaceOf(request);
    const answer = await deps.search.searchMessages({ workspaceId, query, limit, channel: undefined, agentId: undefined });
    return { data: answer.hits.map(crmHit), total: answer.total };
  });
}
