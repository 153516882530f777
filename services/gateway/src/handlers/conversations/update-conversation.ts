import { Type } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id } from '../../schemas/common.ts';
import { UpdateConversation, UpdatedConversation } from '../../schemas/conversation.ts';
import { checkedMetadata, conversationJson, modeChangeJson } from '../../wire/conversation.ts';
import { drain } from './drain.ts';
import { ifModeEpoch } from './if-match.ts';

const schema = {
  operationId: 'updateConversation',
  summary: 'Change a conversation: who answers, and its labels',
  description:
    'Once a change out of `ai` is answered, no AI message can start any more; `in_flight` names those that a provider already has. ' +
    'The present mode again answers `changed: false` and does nothing.',
  tags: ['Conversations'],
  params: Type.Object({ conversation_id: Id('conv') }),
  querystring: Type.Object(
    { drain: Type.Optional(Type.Boolean({ description: 'Answer only when nothing is in flight any more (5 s at most).' })) },
    { additionalProperties: false },
  ),
  headers: Type.Object({
    'if-match': Type.Optional(
      Type.String({ description: 'The `mode_epoch` that must still stand, else 412; the `ETag` of a `GET` will do.', examples: ['"3"'] }),
    ),
  }),
  body: UpdateConversation,
  response: { 200: UpdatedConversation },
};

export function updateConversation(app: App, deps: Deps): void {
  app.patch('/v1/conversations/:conversation_id', { schema, config: { auth: { scope: 'write' } } }, async (request, reply) => {
    const { body } = request;
    const conversationId = requireId('conversation', 'conversation', request.params.conversation_id);
    const change = await deps.conversations.updateConversation({
      context: commandOf(request),
      conversationId,
      aiMode: body.ai_mode,
      status: body.status,
      subject: body.subject ?? undefined,
      clearSubject: body.subject === null,
      tags: body.tags ?? [],
      setTags: body.tags !== undefined,
      addTags: [],
      needsHandoff: body.needs_handoff,
      contactName: body.contact_name,
      metadata: checkedMetadata(body.metadata),
      takeoverTimeoutSeconds: body.takeover_timeout_seconds,
      ifModeEpoch: await ifModeEpoch(deps, request, conversationId),
      reason: body.reason ?? '',
    });
    const settled = request.query.drain ? await drain(deps, { workspaceId: workspaceOf(request), conversationId }, change) : change;
    const answer = body.ai_mode === undefined ? conversationJson(settled.conversation) : modeChangeJson(settled);
    return reply.header('etag', `"${answer.mode_epoch}"`).send(answer);
  });
}
