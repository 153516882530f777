import { isId } from '@baton/contracts/ids.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { type App, callerOf, type Deps, workspaceOf } from '../../context.ts';
import { ConversationList, ListQuery } from '../../schemas/conversation.ts';
import { conversationJson, conversationRow } from '../../wire/conversation.ts';
import { dateOf } from '../../wire/time.ts';

const schema = {
  operationId: 'listConversations',
  summary: 'List conversations, newest activity first',
  description: 'Rows omit `ai_mode`, `mode_epoch`, `taken_over_by` and `contact` unless `details` asks for them, and `messages` always.',
  tags: ['Conversations'],
  querystring: ListQuery,
  response: { 200: ConversationList },
};

export function listConversations(app: App, deps: Deps): void {
  app.get('/v1/conversations', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { query } = request;
    const cursor = deps.pageTokens.open(request, query.page_token);
    const takenOverBy = holderOf(request);
    if (matchesNothing(query)) return { conversations: [], ...(query.total && { total: 0 }), next_page_token: null };
    const answer = await deps.conversations.listConversations({
      workspaceId: workspaceOf(request),
      pageSize: query.page_size ?? 50,
      cursor,
      agentId: query.agent_id,
      channel: query.channel,
      aiMode: query.ai_mode,
      status: query.status,
      contactId: query.contact_id,
      needsHandoff: query.needs_handoff,
      unread: query.unread,
      tag: query.tag,
      updatedAfter: dateOf('updated_after', query.updated_after),
      withTotal: query.total ?? false,
      withContact: query.details ?? false,
      takenOverBy,
      channels: [],
      statuses: [],
      currentOnly: false,
      byCreation: false,
      withLatestMessage: false,
    });
    return {
      conversations: answer.conversations.map(query.details ? conversationJson : conversationRow),
      ...(query.total && { total: answer.total ?? 0 }),
      next_page_token: deps.pageTokens.sign(request, answer.nextCursor),
    };
  });
}

/** `me` is the person in whose name the request is made. */
function holderOf(request: FastifyRequest<{ Querystring: Static<typeof ListQuery> }>): string | undefined {
  const { taken_over_by: asked } = request.query;
  if (asked !== 'me') return asked;
  const { user } = callerOf(request);
  if (!user) throw invalidField('taken_over_by', 'is "me", and no user asks: name one with the header Baton-User');
  return user.user_id;
}

/** A filter by something that can't be an id finds what a filter by an unknown id finds. */
function matchesNothing(query: Static<typeof ListQuery>): boolean {
  if (query.agent_id !== undefined && !isId('agent', query.agent_id)) return true;
  if (query.taken_over_by !== undefined && query.taken_over_by !== 'me' && !isId('user', query.taken_over_by)) return true;
  return query.contact_id !== undefined && !isId('contact', query.contact_id);
}
