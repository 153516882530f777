import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { Suggestion } from '../../schemas/suggestion.ts';
import { suggestionJson } from '../../wire/suggestion.ts';

const schema = {
  operationId: 'dropSuggestion',
  summary: 'Drop what an AI suggested',
  tags: ['Suggestions'],
  params: Type.Object({ suggestion_id: Id('dsp') }),
  querystring: NoQuery,
  response: { 200: Suggestion },
};

export function dropSuggestion(app: App, deps: Deps): void {
  app.post('/v1/suggestions/:suggestion_id/drop', { schema, config: { auth: { scope: 'write' } } }, async (request) =>
    suggestionJson(
      await deps.suggestions.dropSuggestion({
        context: commandOf(request),
        dispatchId: requireId('dispatch', 'suggestion', request.params.suggestion_id),
      }),
    ),
  );
}
