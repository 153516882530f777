import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id } from '../../schemas/common.ts';
import { ConversationSuggestionQuery, SuggestionList } from '../../schemas/suggestion.ts';
import { suggestionJson } from '../../wire/suggestion.ts';

const schema = {
  operationId: 'listConversationSuggestions',
  summary: 'The same of one conversation',
  tags: ['Suggestions'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: ConversationSuggestionQuery,
  response: { 200: SuggestionList },
};

export function listConversationSuggestions(app: App, deps: Deps): void {
  app.get('/v1/conversations/:conversation_id/suggestions', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { query } = request;
    const answer = await deps.suggestions.listSuggestions({
      workspaceId: workspaceOf(request),
      pageSize: query.page_size ?? 50,
      cursor: deps.pageTokens.open(request, query.page_token),
      status: query.status ?? '',
      conversationId: requireId('conversation', 'conversation', request.params.conversation_id),
      agentId: undefined,
    });
    return { suggestions: answer.suggestions.map(suggestionJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
