import type { DropSuggestionRequest, Suggestion } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import { settleSuggestion } from '../../commands/suggestions.ts';
import { dropSuggestion } from '../../domain/suggestion/suggestion.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';

export function handleDropSuggestion({ store }: { store: Store }, request: DropSuggestionRequest): Promise<Suggestion> {
  const context = contextFromWire(request.context);
  return settleSuggestion(store, { context, dispatchId: request.dispatchId }, (ledger, loaded) =>
    dropSuggestion(ledger, loaded, context.actor),
  );
}
