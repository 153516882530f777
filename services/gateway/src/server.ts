import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Health } from '@baton/runtime/health.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { metricsText } from '@baton/telemetry/metrics.ts';
import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyReply, LogController } from 'fastify';
import type { App, Deps } from './context.ts';
import { addressAtHost } from './dialects/hosts.ts';
import { addDialectRoutes } from './dialects/routes.ts';
import type { Events } from './events.ts';
import { addRoutes } from './handlers/routes.ts';
import { answerUniformly } from './http/answers.ts';
import { guardRoutes } from './http/authenticate.ts';
import { checkAnswers } from './http/check-answers.ts';
import { replayIdempotently } from './http/idempotency.ts';
import { describeApi } from './http/openapi.ts';
import { asRefusal, problemType, refusalAnswer } from './http/problems.ts';
import { validateStrictly } from './http/validation.ts';

/** The largest body of a request. */
export const bodyLimit = 1024 * 1024;

/** The HTTP face: hooks in the order in which a request meets them, then the routes. */
export async function buildServer(o: { deps: Deps; events: Events; health: Health; logger: Logger }): Promise<App> {
  const app: App = Fastify({
    loggerInstance: o.logger as FastifyBaseLogger,
    // One line of our own for each request, without its address: that may hold a token.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomBytes(16).toString('hex'),
    trustProxy: o.deps.config.trustProxy,
    bodyLimit,
    rewriteUrl: (request) => addressAtHost(o.deps.config.dialectHosts, request.headers.host, request.url ?? '/'),
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 20_000 },
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      const refusal = asRefusal(error);
      const { type, body } = refusalAnswer(refusal, request);
      const plain = reply as unknown as FastifyReply;
      void plain.code(refusal.httpStatus).header('x-request-id', request.id).type(type).send(JSON.stringify(body));
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  answerUniformly(app, o.events);
  if (o.deps.config.corsOrigins.length > 0) await app.register(cors, corsOptions(o.deps.config.corsOrigins));
  guardRoutes(app, o.deps);
  validateStrictly(app);
  // Before the answer is stored for repeats: what is stored must be as published.
  if (o.deps.config.checkAnswers) checkAnswers(app, o.events);
  replayIdempotently(app, o.deps);
  await describeApi(app, o.deps.config.gatewayUrl);
  addOpsRoutes(app, o.health);
  addRoutes(app, o.deps, o.events);
  addDialectRoutes(app, o.deps);
  return app;
}

function corsOptions(origins: string[]) {
  return {
    origin: origins,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'if-match',
      'baton-workspace',
      'baton-user',
      'x-partner-key',
      'last-event-id',
    ],
    exposedHeaders: ['x-request-id', 'retry-after', 'idempotent-replayed', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
    maxAge: 600,
  };
}

function addOpsRoutes(app: App, health: Health): void {
  const hidden = { schema: { hide: true } };
  app.get('/healthz', hidden, async () => ({ status: 'ok' }));
  app.get('/readyz', hidden, async (_request, reply) => {
    const problems = await health.problems();
    const ready = Object.keys(problems).length === 0;
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', problems });
  });
  app.get('/metrics', hidden, async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4')
      .serializer(String)
      .send(await metricsText()),
  );
}

const unreadable: Record<string, [number, string, string, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'malformed_request', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'timeout', 'The request was not sent in time.'],
};

/** What is not even HTTP never reaches the error handler; it gets the same shape all the same. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, title, code, detail] = unreadable[error.code ?? ''] ?? [
    400,
    'Bad Request',
    'malformed_request',
    'The request could not be read.',
  ];
  const traceId = randomBytes(16).toString('hex');
  const body = JSON.stringify({ type: `urn:baton:problem:${code}`, title, status, detail, code, trace_id: traceId });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
