import { isId } from '@baton/contracts/ids.ts';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { SearchQuery, SearchResult } from '../../schemas/search.ts';
import { conversationJson, present } from '../../wire/conversation.ts';
import { messageJson } from '../../wire/message.ts';
import { isoOrNull } from '../../wire/time.ts';

const schema = {
  operationId: 'searchMessages',
  summary: 'Find messages by any part of their text',
  description:
    'In any script, whatever the letter case (ß is ss, the dotted and the dotless i are one); no character has a special meaning. Texts of one or two letters are ' +
    'sought among the newest 250,000 messages of the workspace, longer ones among all or, where that takes too long, the newest 100,000; `searched_since` says so.',
  tags: ['Conversations'],
  querystring: SearchQuery,
  response: { 200: SearchResult },
};

export function searchMessages(app: App, deps: Deps): void {
  app.get('/v1/conversations/search', { schema, config: { auth: { scope: 'read' } } }, async (request): Promise<SearchResult> => {
    const { query } = request;
    if (query.agent_id !== undefined && !isId('agent', query.agent_id))
      return { hits: [], total: 0, total_is_exact: true, searched_since: null };
    const found = await deps.search.searchMessages({
      workspaceId: workspaceOf(request),
      query: query.query,
      limit: query.limit ?? 10,
      channel: query.channel,
      agentId: query.agent_id,
    });
    return {
      hits: found.hits.map((hit) => ({ message: messageJson(present(hit.message)), conversation: conversationJson(hit.conversation) })),
      total: found.total,
      total_is_exact: found.totalIsExact,
      searched_since: isoOrNull(found.searchedSince),
    };
  });
}
