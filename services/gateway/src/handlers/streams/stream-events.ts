import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type App, callerOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id } from '../../schemas/common.ts';
import { Event } from '../../schemas/operations.ts';
import type { Interest } from '../../stream/reader.ts';
import { openSse } from '../../stream/sse.ts';

const streamQuery = {
  token: Type.Optional(Type.String({ maxLength: 100, description: 'An API key or a ticket, where no header can be set.' })),
  last_event_id: Type.Optional(Type.String({ maxLength: 64, description: 'Where to go on, like the header `Last-Event-ID`.' })),
};

const about = {
  tags: ['Streams'],
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ description: 'The `id` of the last frame you have.' })) }),
  description:
    'Server-sent events without a name, so that `onmessage` fires; `data` is one event. It begins with an `id` alone: where it starts. Going on with `Last-Event-ID` neither skips nor repeats an event for ' +
    'seven days; where that is not possible one `stream.gap` comes first. A reader that does not keep up gets `stream.overflow` and is cut off.',
  response: { 200: { description: 'Frames, for as long as you listen.', content: { 'text/event-stream': { schema: Event } } } },
};

const auth = { scope: 'read', queryToken: true } as const;

/** The two streams: of one conversation, and of everything in the workspace. */
export function streamEvents(app: App, deps: Deps): void {
  const open = opener(deps);
  const options = { config: { auth } };

  const params = Type.Object({ conversation_id: Id('conv') });
  const conversation = {
    ...about,
    operationId: 'streamConversation',
    summary: 'Follow one conversation',
    params,
    querystring: Type.Object(streamQuery, { additionalProperties: false }),
  };
  app.get('/v1/conversations/:conversation_id/stream', { ...options, schema: conversation }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const conversationId = requireId('conversation', 'conversation', request.params.conversation_id);
    await deps.conversations.getConversation({ workspaceId, conversationId, pageSize: 0, cursor: '' });
    return open(request, reply, { interest: { workspaceId, conversationId }, lastEventId: request.query.last_event_id });
  });

  const querystring = Type.Object({ ...streamQuery, agent_id: Type.Optional(Id('agt')) }, { additionalProperties: false });
  const workspace = { ...about, operationId: 'streamWorkspace', summary: 'Follow the whole workspace', querystring };
  app.get('/v1/stream', { ...options, schema: workspace }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { agent_id } = request.query;
    const agentId = agent_id === undefined ? undefined : requireId('agent', 'agent', agent_id);
    if (agentId !== undefined) await deps.directory.getAgent({ workspaceId, agentId, alsoDeleted: true });
    return open(request, reply, {
      interest: { workspaceId, ...(agentId !== undefined && { agentId }) },
      lastEventId: request.query.last_event_id,
    });
  });
}

function opener(deps: Deps) {
  return async (request: FastifyRequest, reply: FastifyReply, o: { interest: Interest; lastEventId: string | undefined }) => {
    if (request.method === 'HEAD') return reply.type('text/event-stream; charset=utf-8').send();
    const { keyId, keyHash, session, user } = callerOf(request);
    const count = deps.openStreams.count(keyId);
    if (count >= deps.config.streamsPerKey)
      throw new BatonError('rate_limited', `This key has ${count} streams open, as many as it may.`, { retryAfterSeconds: 5 });
    // One that was revoked meanwhile ends its streams; a database that is away does not. Listening is no use: nobody stays signed in by an open window.
    const check = () => (session ? deps.sessions.peek(keyHash) : deps.keys.find(keyHash)).then(Boolean, () => true);
    let end = () => {};
    const recheck = () => void check().then((valid) => valid || end());
    const forget = deps.openStreams.add([keyId, ...(user ? [user.user_id] : [])], recheck);
    await deps.hub.ready().catch((error: unknown) => {
      forget();
      throw error;
    });
    if (request.raw.destroyed) {
      forget();
      return reply.hijack();
    }
    const header = request.headers['last-event-id'];
    let leave = () => {};
    const onClose = () => {
      forget();
      leave();
    };
    const sink = openSse(reply, { onClose, check });
    end = sink.end;
    leave = deps.hub.join(o.interest, (typeof header === 'string' && header) || o.lastEventId || undefined, sink);
    return reply;
  };
}
