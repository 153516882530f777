import type { SendSuggestionRequest, Suggestion } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import { settleSuggestion } from '../../commands/suggestions.ts';
import { sendSuggestion } from '../../domain/suggestion/suggestion.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { attachmentFromWire } from '../../wire/conversation.ts';

export function handleSendSuggestion({ store }: { store: Store }, request: SendSuggestionRequest): Promise<Suggestion> {
  const context = contextFromWire(request.context);
  const { instead } = request;
  return settleSuggestion(store, { context, dispatchId: request.dispatchId }, (ledger, loaded) => {
    const sent = sendSuggestion(ledger, loaded, {
      actor: context.actor,
      senderName: request.senderName ?? null,
      instead: instead && { text: instead.text, attachments: instead.attachments.map(attachmentFromWire) },
      allowStale: request.allowStale,
    });
    return 'code' in sent ? sent : undefined;
  });
}
