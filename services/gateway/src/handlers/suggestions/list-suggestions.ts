import type { App, Deps } from '../../context.ts';
import { SuggestionList, SuggestionQuery } from '../../schemas/suggestion.ts';
import { listed } from './listed.ts';

const schema = {
  operationId: 'listSuggestions',
  summary: 'Replies of AIs that wait for a person; newest first',
  tags: ['Suggestions'],
  querystring: SuggestionQuery,
  response: { 200: SuggestionList },
};

export function listSuggestions(app: App, deps: Deps): void {
  app.get('/v1/suggestions', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    return listed(deps, request, { agentId: request.query.agent_id });
  });
}
