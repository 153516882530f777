import { Type } from 'typebox';
import type { App, Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id } from '../../schemas/common.ts';
import { ConversationSuggestionQuery, SuggestionList } from '../../schemas/suggestion.ts';
import { listed } from './listed.ts';

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
    return listed(deps, request, { conversationId: requireId('conversation', 'conversation', request.params.conversation_id) });
  });
}
