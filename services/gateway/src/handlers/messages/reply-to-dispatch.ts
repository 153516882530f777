import type { CommitReplyResult, Reply } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import { type Static, Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { DispatchReply, DispatchReplyResult } from '../../schemas/operations.ts';
import { checkedMetadata, present } from '../../wire/conversation.ts';
import { contentOf } from '../../wire/message.ts';

const schema = {
  operationId: 'replyToDispatch',
  summary: 'Answer a turn that was accepted with 202',
  description:
    'Counts until the deadline of the turn, once, and only while the AI still has the conversation; after a takeover the reply is kept as a suggestion.',
  tags: ['Dispatches'],
  params: Type.Object({ dispatch_id: Id('dsp') }),
  querystring: NoQuery,
  body: DispatchReply,
  response: { 200: DispatchReplyResult },
};

export function replyToDispatch(app: App, deps: Deps): void {
  app.post('/v1/dispatches/:dispatch_id/reply', { schema, config: { auth: { scope: 'write' } } }, async (request) => {
    const dispatchId = requireId('dispatch', 'dispatch', request.params.dispatch_id);
    const { results } = await deps.turns.commitReplies({
      replies: [
        {
          workspaceId: workspaceOf(request),
          // The caller knows neither: the dispatch does.
          conversationId: '',
          modeEpoch: 0,
          dispatchId,
          result: { $case: 'reply', value: replyOf(request.body) },
          latencyMs: undefined,
          claimant: '',
          attempts: 0,
          usage: undefined,
        },
      ],
    });
    return answerOf(dispatchId, present(results[0]));
  });
}

function replyOf(body: Static<typeof DispatchReply>): Reply {
  const single = body.text !== undefined || body.attachments !== undefined;
  if (single && body.messages !== undefined) throw invalidField('/messages', 'give either messages or one text');
  const messages = body.messages ?? (single ? [{ text: body.text, attachments: body.attachments }] : []);
  return {
    messages: messages.map((message, index) => contentOf(strip(message), `/messages/${index}`)),
    handoff: body.handoff ? { reason: body.handoff.reason, summary: body.handoff.summary ?? undefined } : undefined,
    close: body.close ?? false,
    tags: body.tags ?? [],
    status: body.status,
    metadata: checkedMetadata(body.metadata),
  };
}

function strip(message: { text?: string | undefined; attachments?: Static<typeof DispatchReply>['attachments'] }) {
  return { ...(message.text !== undefined && { text: message.text }), ...(message.attachments && { attachments: message.attachments }) };
}

function answerOf(dispatchId: string, result: CommitReplyResult): Static<typeof DispatchReplyResult> {
  switch (result.kind) {
    case 'committed':
    case 'suggestion':
      return { dispatch_id: dispatchId, result: result.kind, outcome: result.outcome, message_ids: result.messageIds };
    case 'already_settled':
      throw new BatonError('dispatch_settled', `The dispatch has been settled before (${result.outcome || 'settled'}).`);
    case 'expired':
      throw new BatonError('dispatch_settled', 'The deadline of the dispatch has passed.');
    case 'not_begun':
      throw new BatonError(
        'unavailable',
        'The turn has not begun, or begins again after a fault of the database. Send the reply again in a second.',
        {
          retryAfterSeconds: 1,
        },
      );
    case 'not_found':
      throw notFound('dispatch', dispatchId);
    default:
      throw new BatonError('internal', 'The dispatch was answered in an unknown way.');
  }
}
