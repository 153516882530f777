import type { Suggestion } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { SuggestionState } from '../domain/suggestion/suggestion.ts';
import type { Store } from '../store/store.ts';
import { getSuggestion, loadSuggestion } from '../store/suggestions.ts';
import { suggestionCodec, suggestionToWire } from '../wire/suggestion.ts';
import { decideOnce } from './run.ts';
import { type CommandContext, loadForCommand } from './state.ts';

/** What a person does with a suggestion, once, under the lock of its conversation. */
export async function settleSuggestion(
  store: Store,
  command: { context: CommandContext; dispatchId: string },
  decide: (ledger: Ledger, loaded: SuggestionState) => Refusal | undefined,
): Promise<Suggestion> {
  const { context, dispatchId } = command;
  // A dispatch never changes its conversation, so looking before the lock is taken is safe.
  const { conversation_id: conversationId } = await getSuggestion(store, context.workspaceId, dispatchId);
  return decideOnce(store, {
    context,
    codec: suggestionCodec,
    load: async (pipeline) => {
      const loaded = await loadForCommand(pipeline, context, conversationId);
      const [[found]] = await pipeline.run([{ statement: loadSuggestion, values: [dispatchId] }]);
      if (!found) throw notFound('suggestion', dispatchId);
      const { newer_message: newerMessage, ...dispatch } = found;
      return { ...loaded, dispatch, newerMessage };
    },
    decide: (ledger, loaded) =>
      decide(ledger, loaded) ??
      suggestionToWire(ledger.dispatch(loaded.dispatch), {
        epoch: ledger.conversation(loaded.conversation).mode_epoch,
        newerMessage: loaded.newerMessage,
      }),
  });
}
