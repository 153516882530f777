import { Type } from 'typebox';
import { type App, commandOf, type Deps } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { ModeChange } from '../../schemas/conversation.ts';
import { modeChangeJson } from '../../wire/conversation.ts';
import { ifModeEpoch } from './if-match.ts';

const schema = {
  operationId: 'resumeAi',
  summary: 'Give the conversation back to the AI',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: NoQuery,
  headers: Type.Object({ 'if-match': Type.Optional(Type.String({ description: 'The `mode_epoch` that must still stand, else 412.' })) }),
  body: Type.Object(
    {
      dispatch_pending: Type.Optional(
        Type.Boolean({ default: false, description: 'Also answer what the customer wrote while a person had the conversation.' }),
      ),
    },
    { title: 'ResumeAi', additionalProperties: false },
  ),
  response: { 200: ModeChange },
};

export function resumeAi(app: App, deps: Deps): void {
  app.post(
    '/v1/conversations/:conversation_id/resume-ai',
    { schema, config: { auth: { scope: 'write' }, optionalBody: true } },
    async (request, reply) => {
      const conversationId = requireId('conversation', 'conversation', request.params.conversation_id);
      const answer = modeChangeJson(
        await deps.conversations.resumeAi({
          context: commandOf(request),
          conversationId,
          dispatchPending: request.body.dispatch_pending ?? false,
          ifModeEpoch: await ifModeEpoch(deps, request, conversationId),
        }),
      );
      return reply.header('etag', `"${answer.mode_epoch}"`).send(answer);
    },
  );
}
