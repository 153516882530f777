import { BatonError } from '@baton/errors/baton-error.ts';
import type { VisitorFrame } from '@baton/widget/protocol.ts';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../context.ts';
import type { Events } from '../../events.ts';
import { bufferBytes, type Sink } from '../../stream/reader.ts';
import { openSse } from '../../stream/sse.ts';
import type { WidgetDeps } from '../../widget/deps.ts';
import { framesOf } from '../../widget/live-view.ts';
import { OpenStreams } from '../../widget/open-streams.ts';
import { readThread, type VisitorPlace } from '../../widget/thread.ts';
import { type Present, visitorOf } from '../../widget/visitor.ts';

/** Tabs of one visitor at one instance. */
const perVisitor = 20;

const schema = {
  hide: true,
  params: Type.Object({ channel_account_id: Type.String() }),
  // Says that it streams, so that nothing compresses it.
  response: { 200: { content: { 'text/event-stream': { schema: Type.String() } } } },
};

/**
 * `GET /widget/{channel_account_id}/stream`: the visitor's conversation live. First one `thread` frame with what there is, then what changes. Listening begins before
 * the thread is read, so nothing falls between; what comes twice has the same id. A widget that comes back gets the thread again: there is no position to resume by.
 */
export function streamThread(app: App, deps: WidgetDeps, events: Events): void {
  const places = new OpenStreams({ perVisitor, perAccount: deps.config.widgetStreams });
  events.watchWidgetStreams(() => places.size);
  app.get('/widget/:channel_account_id/stream', { schema }, async (request, reply) => {
    const present = visitorOf(deps.accounts, request);
    const { account, visitor } = present;
    if (request.method === 'HEAD') return reply.type('text/event-stream; charset=utf-8').send('');
    const taken = deps.reads.take(visitor.visitorId);
    if (!taken.allowed) throw tooMany(taken.retryAfterSeconds);
    await deps.hub.ready();
    if (request.raw.destroyed) return reply.hijack();
    const leave = places.enter(account.channelAccountId, visitor.visitorId);
    if (!leave) throw tooMany(5);
    stream(deps, { present, reply }, leave);
    return reply;
  });
}

function tooMany(retryAfterSeconds: number): BatonError {
  return new BatonError('rate_limited', 'Too many requests or open streams; try again later.', { retryAfterSeconds });
}

function stream(deps: WidgetDeps, { present, reply }: { present: Present; reply: FastifyReply }, closed: () => void): void {
  const { account, visitor } = present;
  const at: VisitorPlace = { workspaceId: account.workspaceId, channelAccountId: account.channelAccountId, visitorId: visitor.visitorId };
  // Held while the thread is read; undefined: live.
  let held: VisitorFrame[] | undefined = [];
  const give = (frames: VisitorFrame[]) => {
    if (held) held.push(...frames);
    else for (const frame of frames) write(sink, frame);
  };
  const sink: Sink = openSse(reply, {
    onClose: () => {
      listening.leave();
      closed();
    },
    check: async () => isStillWelcome(deps, present),
  });
  let reading = Promise.resolve();
  const readAnew = () => {
    reading = reading.then(async () => {
      held ??= [];
      const { messages, older, mode, conversationIds } = await readThread(deps, at);
      listening.know(conversationIds);
      const { agentName, hasAi } = deps.accounts.get(account.channelAccountId);
      write(sink, { type: 'thread', messages, older, mode: mode ?? (hasAi ? 'ai' : 'human'), agent: agentName });
      const late = held ?? [];
      held = undefined;
      give(late);
    });
    // It comes back by itself, and asks again.
    reading.catch(() => sink.end());
  };
  const listening = deps.feeds.listen(account.workspaceId, visitor.visitorId, {
    take: (event) => {
      const { frames, reread } = framesOf(event);
      give(frames);
      if (reread) readAnew();
    },
    lost: readAnew,
    end: () => sink.end(),
  });
  readAnew();
}

function write(sink: Sink, frame: VisitorFrame): void {
  if (sink.backlog() > bufferBytes) sink.end();
  else sink.write(Buffer.from(`data: ${JSON.stringify(frame)}\n\n`));
}

/** The account may be switched off, or the token over, while the stream is open. */
function isStillWelcome({ accounts }: WidgetDeps, { account, visitor }: Present): boolean {
  try {
    accounts.get(account.channelAccountId);
    return visitor.expiresAt > new Date();
  } catch (error) {
    return error instanceof BatonError && error.code === 'unavailable';
  }
}
