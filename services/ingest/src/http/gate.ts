import { BatonError } from '@baton/errors/baton-error.ts';
import { maxBodyBytes } from '@baton/runtime/http/limits.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Gate {
  /** Takes a place for the request until its answer is out; throws 503 when all are taken. */
  enter(request: FastifyRequest, reply: FastifyReply, bodyLimit?: number): void;
}

/** Postmark's largest mail: 35 MB with its files in base64. */
export const maxMailBytes = 36 * 1_048_576;

/**
 * Bounds requests and body bytes held at once: beyond that a caller is told to come back, at once, instead of everybody waiting in our memory.
 * A body of unknown length counts as the largest.
 */
export function createGate(o: { maxRequests: number; maxBytes: number }): Gate {
  let requests = 0;
  let bytes = 0;
  return {
    enter(request, reply, bodyLimit = maxBodyBytes) {
      const length = request.headers['content-length'];
      const claims = length === undefined ? (request.method === 'GET' ? 0 : bodyLimit) : Math.min(Number(length) || 0, bodyLimit);
      if (requests >= o.maxRequests || bytes + claims > o.maxBytes) {
        throw new BatonError('unavailable', 'Too many requests at once.', { retryAfterSeconds: 1 });
      }
      requests++;
      bytes += claims;
      // `close` comes for every response, finished or broken off.
      reply.raw.once('close', () => {
        requests--;
        bytes -= claims;
      });
    },
  };
}
