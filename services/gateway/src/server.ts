import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, errorCodes } from '@baton/errors/codes.ts';
import type { Health } from '@baton/runtime/health.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { metricsText } from '@baton/telemetry/metrics.ts';
import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyReply, LogController } from 'fastify';
import { auditWrites } from './access/audit.ts';
import type { App, Deps } from './context.ts';
import { addressAtHost } from './dialects/hosts.ts';
import { addDialectRoutes } from './dialects/routes.ts';
import type { Events } from './events.ts';
import { addRoutes } from './handlers/routes.ts';
import { answerUniformly } from './http/answers.ts';
import { guardRoutes } from './http/authenticate.ts';
import { checkAnswers } from './http/document/check-answers.ts';
import { addGuide } from './http/document/guide.ts';
import { replayIdempotently } from './http/idempotency.ts';
import { describeApi } from './http/openapi.ts';
import { asRefusal, problemType, refusalAnswer } from './http/problems.ts';
import { compressAnswers } from './http/representation/compression.ts';
import { answerConditionally } from './http/representation/conditional.ts';
import { linkPages } from './http/representation/links.ts';
import { validateStrictly } from './http/validation.ts';

/** The largest body of a request. */
export const bodyLimit = 1024 * 1024;

/** The HTTP face: hooks in the order in which a request meets them, then the routes. */
export async function buildServer(o: { deps: Deps; events: Events; health: Health; logger: Logger }): Promise<App> {
  const { requestTimeoutMs, corsOrigins, gatewayUrl } = o.deps.config;
  const app: App = Fastify({
    loggerInstance: o.logger as FastifyBaseLogger,
    // One line of our own for each request, without its address: that may hold a token.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => saneRequestId(request.headers['x-request-id']) ?? newRequestId(),
    trustProxy: o.deps.config.trustProxy,
    bodyLimit,
    rewriteUrl: (request) => addressAtHost(o.deps.config.dialectHosts, request.headers.host, request.url ?? '/'),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: 72_000,
    // Node looks for late requests only so often.
    http: { headersTimeout: Math.min(20_000, requestTimeoutMs), connectionsCheckingInterval: Math.min(5000, requestTimeoutMs) },
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

  answerUniformly(app, o.events, { preflights: corsOrigins.length > 0 });
  if (corsOrigins.length > 0) await app.register(cors, corsOptions(corsOrigins));
  guardRoutes(app, o.deps);
  validateStrictly(app);
  // Before the answer is stored for repeats: what is stored must be as published.
  if (o.deps.config.checkAnswers) checkAnswers(app, o.events);
  // Before it too: an answer that could not be put on record must not be kept.
  auditWrites(app, o.deps, o.events);
  replayIdempotently(app, o.deps);
  linkPages(app);
  answerConditionally(app);
  await compressAnswers(app);
  await describeApi(app, gatewayUrl);
  addGuide(app, gatewayUrl);
  addOpsRoutes(app, o.health);
  addRoutes(app, o.deps, o.events);
  addDialectRoutes(app, o.deps);
  return app;
}

/** What a page may send, and may read of an answer. */
const readHeaders = [
  'authorization',
  'baton-user',
  'baton-workspace',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'traceparent',
  'x-partner-key',
  'x-request-id',
];
const givenHeaders = [
  'allow',
  'content-disposition',
  'etag',
  'idempotent-replayed',
  'link',
  'ratelimit',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'www-authenticate',
  'x-request-id',
];

function corsOptions(origins: string[]) {
  return {
    origin: origins,
    // Nothing here comes by cookie: a page sends its key itself, so no origin needs the browser's credentials.
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [...readHeaders],
    exposedHeaders: [...givenHeaders],
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

const unreadable: Record<string, [ErrorCode, string]> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The headers may hold at most 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request was not sent in time.'],
};

/** What is not even HTTP never reaches the error handler; it gets the same shape all the same. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = unreadable[error.code ?? ''] ?? (['malformed_request', 'The request could not be read.'] as const);
  const { http: status, title } = errorCodes[code];
  const traceId = newRequestId();
  const body = JSON.stringify({ type: `urn:baton:problem:${code}`, title, status, detail, code, trace_id: traceId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${traceId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function newRequestId(): string {
  return randomBytes(16).toString('hex');
}

/** A caller's own id where it can stand in a log and a header as it is. */
function saneRequestId(given: string | string[] | undefined): string | undefined {
  return typeof given === 'string' && /^[\w.:/=@+-]{1,128}$/.test(given) ? given : undefined;
}
