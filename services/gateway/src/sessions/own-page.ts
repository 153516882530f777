import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';
import { isFromOwnPage } from '../domain/sign-in/own-page.ts';
import { csrfTokenOf } from './cookie.ts';

/** Throws where the browser says that another site's page asks: what signs in or acts by cookie is for our own. */
export function requireOwnPage(request: FastifyRequest, publicUrl: string): void {
  if (!isFromOwnPage(request.headers, new URL(publicUrl).origin))
    throw new BatonError('forbidden', 'Only the pages of this installation may ask this; Origin or Sec-Fetch-Site names another one.');
}

/** The same for a request by cookie that changes something, which must also show what only our own page can have read. */
export function requireCsrfToken(request: FastifyRequest, o: { token: string; publicUrl: string }): void {
  requireOwnPage(request, o.publicUrl);
  const given = request.headers['x-csrf-token'];
  if (typeof given !== 'string' || !areEqual(given, csrfTokenOf(o.token)))
    throw new BatonError('forbidden', 'Send the csrf_token of the session as X-CSRF-Token.');
}

const comparing = randomBytes(32);

/** In the same time, wherever they differ and however long they are. */
function areEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHmac('sha256', comparing).update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
