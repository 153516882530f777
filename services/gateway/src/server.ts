import { randomBytes } from 'node:crypto';
import type { Health } from '@baton/runtime/health.ts';
import { limitServer, maxBodyBytes, serverOptions } from '@baton/runtime/http/limits.ts';
import { refuseUnreadable } from '@baton/runtime/http/refuse-unreadable.ts';
import { securityHeadersFor } from '@baton/runtime/http/security-headers.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { metricsText } from '@baton/telemetry/metrics.ts';
import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyReply, LogController } from 'fastify';
import { auditWrites } from './access/audit.ts';
import { serveConsole } from './console/serve.ts';
import type { App, Deps } from './context.ts';
import { addressAtHost } from './dialects/hosts.ts';
import { addDialectRoutes } from './dialects/routes.ts';
import type { Events } from './events.ts';
import { addRoutes } from './handlers/routes.ts';
import { addWidgetRoutes } from './handlers/widget/routes.ts';
import { answerUniformly } from './http/answers.ts';
import { guardRoutes } from './http/authenticate.ts';
import { checkAnswers } from './http/document/check-answers.ts';
import { addGuide } from './http/document/guide.ts';
import { replayIdempotently } from './http/idempotency.ts';
import { describeApi } from './http/openapi.ts';
import { asRefusal, refusalAnswer } from './http/problems.ts';
import { compressAnswers } from './http/representation/compression.ts';
import { answerConditionally } from './http/representation/conditional.ts';
import { linkPages } from './http/representation/links.ts';
import { validateStrictly } from './http/validation.ts';
import { admitOrigins, isOfVisitors } from './widget/visitor.ts';

/** The HTTP face: hooks in the order in which a request meets them, then the routes. */
export async function buildServer(o: { deps: Deps; events: Events; health: Health; logger: Logger }): Promise<App> {
  const { http, corsOrigins, gatewayUrl } = o.deps.config;
  const app: App = Fastify({
    loggerInstance: o.logger as FastifyBaseLogger,
    // One line of our own for each request, without its address: that may hold a token.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => saneRequestId(request.headers['x-request-id']) ?? newRequestId(),
    trustProxy: o.deps.config.trustProxy,
    bodyLimit: maxBodyBytes,
    rewriteUrl: (request) => addressAtHost(o.deps.config.dialectHosts, request.headers.host, request.url ?? '/'),
    requestTimeout: http.requestTimeoutMs,
    keepAliveTimeout: http.keepAliveMs,
    http: serverOptions(http),
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      const refusal = asRefusal(error);
      const { type, body } = refusalAnswer(refusal, request);
      const plain = reply as unknown as FastifyReply;
      plain.headers(securityHeadersFor(request.protocol)).header('x-request-id', request.id);
      void plain.code(refusal.httpStatus).type(type).send(JSON.stringify(body));
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  limitServer(app.server, http);

  answerUniformly(app, o.events, { preflights: (path) => corsOrigins.length > 0 || isOfVisitors(path) });
  admitOrigins(app, o.deps.widgetAccounts);
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
  addWidgetRoutes(app, o.deps, o.events);
  serveConsole(app, o.deps);
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
    // The cookie of a session is for our own pages: others send a key themselves, so no other origin needs the browser's credentials.
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

function newRequestId(): string {
  return randomBytes(16).toString('hex');
}

/** A caller's own id where it can stand in a log and a header as it is. */
function saneRequestId(given: string | string[] | undefined): string | undefined {
  return typeof given === 'string' && /^[\w.:/=@+-]{1,128}$/.test(given) ? given : undefined;
}
