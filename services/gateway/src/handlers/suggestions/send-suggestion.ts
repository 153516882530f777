import { Type } from 'typebox';
import { type App, callerOf, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { SendSuggestion, Suggestion } from '../../schemas/suggestion.ts';
import { contentOf } from '../../wire/message.ts';
import { suggestionJson } from '../../wire/suggestion.ts';

const schema = {
  operationId: 'sendSuggestion',
  summary: 'Send what an AI suggested, or something else instead',
  description:
    'Who answers stays as it is: while the AI has the conversation it goes out as the AI’s (approved, be it edited), while a person has it as theirs. A stale one is refused (409 `suggestion_stale`) unless `allow_stale` is true.',
  tags: ['Suggestions'],
  params: Type.Object({ suggestion_id: Id('dsp') }),
  querystring: NoQuery,
  body: SendSuggestion,
  response: { 200: Suggestion },
};

export function sendSuggestion(app: App, deps: Deps): void {
  const config = { auth: { scope: 'write' as const }, optionalBody: true as const };
  app.post('/v1/suggestions/:suggestion_id/send', { schema, config }, async (request) => {
    const { body } = request;
    const edited = body.body !== undefined || body.text !== undefined || body.attachments !== undefined;
    return suggestionJson(
      await deps.suggestions.sendSuggestion({
        context: commandOf(request),
        dispatchId: requireId('dispatch', 'suggestion', request.params.suggestion_id),
        instead: edited ? contentOf(body) : undefined,
        senderName: body.sender_name ?? callerOf(request).user?.display_name,
        allowStale: body.allow_stale ?? false,
      }),
    );
  });
}
