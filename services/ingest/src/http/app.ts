import { BatonError } from '@baton/errors/baton-error.ts';
import type { Health } from '@baton/runtime/health.ts';
import { type HttpLimits, limitServer, maxBodyBytes, serverOptions } from '@baton/runtime/http/limits.ts';
import { refuseUnreadable } from '@baton/runtime/http/refuse-unreadable.ts';
import { securityHeadersFor } from '@baton/runtime/http/security-headers.ts';
import { metricsText } from '@baton/telemetry/metrics.ts';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Events } from '../events.ts';
import { sendProblem, toBatonError } from './problem.ts';

/** The HTTP server with its limits, health routes and error answers; the provider routes are added to it. */
export function createApp(deps: { health: Health; events: Events; limits: HttpLimits; trustProxy: boolean }): FastifyInstance {
  const { limits } = deps;
  const app = fastify({
    // A line per request would cost more than the request; facts are logged by events.ts.
    logger: false,
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    trustProxy: deps.trustProxy,
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: limits.requestTimeoutMs,
    forceCloseConnections: 'idle',
    http: serverOptions(limits),
    clientErrorHandler: refuseUnreadable,
    // Encoded slashes and the like: no route of ours has them. No hook runs for these.
    frameworkErrors: (error, request, reply) =>
      void sendProblem(reply.headers(securityHeadersFor(request.protocol)) as FastifyReply, toBatonError(error)),
  });
  limitServer(app.server, limits);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeadersFor(request.protocol));
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const known = toBatonError(error);
    if (known.code === 'internal') deps.events.fault(error);
    deps.events.refused(known.code, request.known);
    return sendProblem(reply, known);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, new BatonError('not_found', 'There is nothing here.')));
  app.decorateRequest('known', undefined);
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const problems = await deps.health.problems();
    const ready = Object.keys(problems).length === 0;
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', problems });
  });
  app.get('/metrics', async (_request, reply) => reply.header('content-type', 'text/plain; version=0.0.4').send(await metricsText()));
  return app;
}
