import type { ListSuggestionsRequest, ListSuggestionsResponse } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import type { Store } from '../../store/store.ts';
import { listSuggestions } from '../../store/suggestions.ts';
import { pageSize } from '../../wire/page.ts';
import { suggestionToWire } from '../../wire/suggestion.ts';

export async function handleListSuggestions(
  { store }: { store: Store },
  request: ListSuggestionsRequest,
): Promise<ListSuggestionsResponse> {
  const found = await listSuggestions(store, request.workspaceId, {
    size: pageSize(request.pageSize),
    cursor: request.cursor,
    status: request.status || 'open',
    ...(request.conversationId !== undefined && { conversationId: request.conversationId }),
    ...(request.agentId !== undefined && { agentId: request.agentId }),
  });
  const suggestions = found.rows.map((row) => suggestionToWire(row, { epoch: row.conversation_epoch, newerMessage: row.newer_message }));
  return { suggestions, nextCursor: found.next };
}
