import { BatonError } from '@baton/errors/baton-error.ts';
import { securityHeadersFor } from '@baton/runtime/http/security-headers.ts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../context.ts';
import type { Events } from '../events.ts';
import { asRefusal, refusalAnswer } from './problems.ts';

/**
 * One shape for everything that goes wrong, the request's id and what browsers must know on every answer, `OPTIONS` on every path, and one line for each request. `preflights`: those of
 * browsers are answered elsewhere.
 */
export function answerUniformly(app: App, events: Events, o: { preflights: (path: string) => boolean }): void {
  const paths = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = paths.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methods.add('OPTIONS');
    paths.set(url, methods);
  });

  const active = { count: 0 };
  app.decorate('activeRequests', active);
  app.addHook('onRequest', async (request, reply) => {
    active.count++;
    reply.raw.once('close', () => active.count--);
    reply.headers(securityHeadersFor(request.protocol)).header('x-request-id', request.id);
    const isPreflight = request.headers['access-control-request-method'] !== undefined && o.preflights(request.url);
    if (request.method !== 'OPTIONS' || isPreflight) return;
    const allowed = methodsFor(paths, request.url);
    if (allowed.length === 0) throw nowhere();
    return reply.code(204).header('allow', allowed.join(', ')).send();
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsFor(paths, request.url);
    if (allowed.length === 0) return sendProblem(nowhere(), request, reply);
    reply.header('allow', allowed.join(', '));
    return sendProblem(new BatonError('method_not_allowed', `This takes ${allowed.join(', ')}.`), request, reply);
  });

  const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = asRefusal(error);
    request.refusalCode = refusal.code;
    // What came by gRPC was logged where it happened; only what broke here is logged here.
    events.requestRefused(refusal.code, request.id, refusal.httpStatus >= 500 ? (refusal.cause ?? refusal) : undefined);
    if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', refusal.retryAfterSeconds);
    if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="baton"');
    const { type, body } = refusalAnswer(refusal, request);
    return reply.code(refusal.httpStatus).type(type).serializer(JSON.stringify).send(body);
  };

  app.addHook('onResponse', async (request, reply) => {
    events.requestAnswered({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
      requestId: request.id,
      keyId: request.caller?.keyId,
    });
  });
}

function nowhere(): BatonError {
  return new BatonError('not_found', 'There is no such resource.');
}

/** The methods that some route takes at this address. Only asked when nothing matched, so it need not be fast. */
function methodsFor(paths: Map<string, Set<string>>, address: string): string[] {
  const [path = ''] = address.split('?', 1);
  const segments = path.split('/');
  const found = new Set<string>();
  for (const [pattern, methods] of paths) {
    const parts = pattern.split('/');
    const fits =
      parts.length === segments.length && parts.every((part, i) => part === segments[i] || (part.startsWith(':') && segments[i] !== ''));
    if (fits) for (const method of methods) found.add(method);
  }
  return [...found].sort();
}
