import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DeadLetter } from '../../schemas/operations.ts';
import { deadLetterJson, whoeverHasIt } from '../../wire/dead-letter.ts';

const schema = {
  operationId: 'retryDeadLetter',
  summary: 'Put a dead letter back on its way',
  tags: ['Operations'],
  params: Type.Object({ dead_letter_id: Id('dlt') }),
  querystring: NoQuery,
  body: Type.Object({}, { title: 'RetryDeadLetter', additionalProperties: false }),
  response: { 200: DeadLetter },
};

export function retryDeadLetter(app: App, deps: Deps): void {
  const { conversationState, dispatcher } = deps.deadLetters;
  app.post(
    '/v1/dead-letters/:dead_letter_id/retry',
    { schema, config: { auth: { scope: 'admin' }, optionalBody: true } },
    async (request) => {
      const deadLetterId = requireId('deadLetter', 'dead letter', request.params.dead_letter_id);
      const asked = { workspaceId: workspaceOf(request), deadLetterId };
      return deadLetterJson(await whoeverHasIt([() => conversationState.retryDeadLetter(asked), () => dispatcher.retryDeadLetter(asked)]));
    },
  );
}
