import { BatonError } from '@baton/errors/baton-error.ts';
import type { Health } from '@baton/runtime/health.ts';
import { metricsText } from '@baton/telemetry/metrics.ts';
import fastify, { type FastifyInstance } from 'fastify';
import type { Events } from '../events.ts';
import { sendProblem, toBatonError } from './problem.ts';

export const maxBodyBytes = 1_048_576;

/** The HTTP server with its limits, health routes and error answers; the provider routes are added to it. */
export function createApp(deps: { health: Health; events: Events }): FastifyInstance {
  const app = fastify({
    // A line per request would cost more than the request; facts are logged by events.ts.
    logger: false,
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: false,
    // Longer than load balancers keep idle connections (60 s), so that they close them, not we under a request on its way.
    keepAliveTimeout: 72_000,
    // For the whole request: a body dripping in byte by byte is cut off.
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    http: { headersTimeout: 10_000, maxHeaderSize: 16_384 },
    // Encoded slashes and the like: no route of ours has them.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, toBatonError(error)),
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
