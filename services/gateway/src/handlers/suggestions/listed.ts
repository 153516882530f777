import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { type Deps, workspaceOf } from '../../context.ts';
import type { ConversationSuggestionQuery } from '../../schemas/suggestion.ts';
import { suggestionJson } from '../../wire/suggestion.ts';

type Listing = FastifyRequest<{ Querystring: Static<typeof ConversationSuggestionQuery> }>;

/** A page of the suggestions of a workspace, or of one agent or conversation in it. */
export async function listed(deps: Deps, request: Listing, of: { conversationId?: string | undefined; agentId?: string | undefined }) {
  const { query } = request;
  const { suggestions, nextCursor } = await deps.suggestions.listSuggestions({
    workspaceId: workspaceOf(request),
    pageSize: query.page_size ?? 50,
    cursor: deps.pageTokens.open(request, query.page_token),
    status: query.status ?? '',
    conversationId: of.conversationId,
    agentId: of.agentId,
  });
  return { suggestions: suggestions.map(suggestionJson), next_page_token: deps.pageTokens.sign(request, nextCursor) };
}
