import { hash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { App } from '../../context.ts';
import { entityTags, namesTag } from '../../domain/entity-tag.ts';

/**
 * Gives what a guarded GET answers an entity tag, and answers 304 where the caller has it already: who polls pays for what has changed. The work is done
 * all the same, only the body is saved. A tag that the handler has set (the mode epoch) stays in front.
 */
export function answerConditionally(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!['GET', 'HEAD'].includes(request.method) || reply.statusCode !== 200 || !request.routeOptions.config.auth) return payload;
    // A stream has no digest before it ends.
    if (typeof payload !== 'string') return payload;
    const tag = [...handlersTag(reply), hash('sha1', payload, 'base64url')].join('-');
    // Shared caches must not keep it, and a browser's own must ask each time.
    reply.header('etag', `"${tag}"`).header('cache-control', 'private, no-cache');
    const known = request.headers['if-none-match'];
    if (known === undefined || !namesTag(known, tag)) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}

function handlersTag(reply: FastifyReply): string[] {
  return entityTags(String(reply.getHeader('etag') ?? ''));
}
