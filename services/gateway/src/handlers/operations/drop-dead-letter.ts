import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DeadLetter } from '../../schemas/operations.ts';
import { deadLetterJson, whoeverHasIt } from '../../wire/dead-letter.ts';

const schema = {
  operationId: 'dropDeadLetter',
  summary: 'Give a dead letter up',
  description: 'It stays on record as `dropped`.',
  tags: ['Operations'],
  params: Type.Object({ dead_letter_id: Id('dlt') }),
  querystring: NoQuery,
  response: { 200: DeadLetter },
};

export function dropDeadLetter(app: App, deps: Deps): void {
  const { conversationState, dispatcher } = deps.deadLetters;
  app.delete('/v1/dead-letters/:dead_letter_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const deadLetterId = requireId('deadLetter', 'dead letter', request.params.dead_letter_id);
    const asked = { workspaceId: workspaceOf(request), deadLetterId };
    return deadLetterJson(await whoeverHasIt([() => conversationState.dropDeadLetter(asked), () => dispatcher.dropDeadLetter(asked)]));
  });
}
