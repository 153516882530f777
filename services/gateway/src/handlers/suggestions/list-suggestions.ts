import { type App, type Deps, workspaceOf } from '../../context.ts';
import { SuggestionList, SuggestionQuery } from '../../schemas/suggestion.ts';
import { suggestionJson } from '../../wire/suggestion.ts';

const schema = {
  operationId: 'listSuggestions',
  summary: 'Replies of AIs that wait for a person; newest first',
  tags: ['Suggestions'],
  querystring: SuggestionQuery,
  response: { 200: SuggestionList },
};

export function listSuggestions(app: App, deps: Deps): void {
  app.get('/v1/suggestions', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { query } = request;
    const answer = await deps.suggestions.listSuggestions({
      workspaceId: workspaceOf(request),
      pageSize: query.page_size ?? 50,
      cursor: deps.pageTokens.open(request, query.page_token),
      status: query.status ?? '',
      conversationId: undefined,
      agentId: query.agent_id,
    });
    return { suggestions: answer.suggestions.map(suggestionJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
