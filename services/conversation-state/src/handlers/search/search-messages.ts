import type { SearchMessagesRequest, SearchMessagesResponse } from '@baton/contracts/gen/baton/conversation/v1/search_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { searchMessages } from '../../store/search.ts';
import type { Store } from '../../store/store.ts';
import { conversationToWire, messageToWire } from '../../wire/conversation.ts';

const maxQuery = 200;

export async function handleSearchMessages({ store }: { store: Store }, request: SearchMessagesRequest): Promise<SearchMessagesResponse> {
  const { query, channel, agentId } = request;
  if (query === '' || query.length > maxQuery) throw invalidField('query', `must have 1 to ${maxQuery} characters`);
  if (request.limit < 0 || request.limit > 50) throw invalidField('limit', 'must be from 1 to 50');
  const found = await searchMessages(store, request.workspaceId, {
    query,
    limit: request.limit || 10,
    ...(channel !== undefined && { channel }),
    ...(agentId !== undefined && { agentId }),
  });
  return {
    hits: found.hits.map(({ message, conversation }) => ({
      message: messageToWire(message),
      conversation: conversationToWire(conversation.row, conversation),
    })),
    total: found.total,
    totalIsExact: found.totalIsExact,
    searchedSince: found.searchedSince,
  };
}
