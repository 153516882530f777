import { timingSafeEqual } from 'node:crypto';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';

/** For routes that are none of the world's business: only Baton's other services know the token. */
export function requireServiceToken(request: FastifyRequest, token: string): void {
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new BatonError('unauthorized', 'The service token is missing or wrong.');
}
