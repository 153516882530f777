import type { GetSuggestionRequest, Suggestion } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import type { Store } from '../../store/store.ts';
import { getSuggestion } from '../../store/suggestions.ts';
import { suggestionToWire } from '../../wire/suggestion.ts';

export async function handleGetSuggestion({ store }: { store: Store }, request: GetSuggestionRequest): Promise<Suggestion> {
  const row = await getSuggestion(store, request.workspaceId, request.dispatchId);
  return suggestionToWire(row, { epoch: row.conversation_epoch, newerMessage: row.newer_message });
}
