import { isApiKey } from '@baton/contracts/api-key.ts';
import type { FastifyRequest } from 'fastify';
import type { Deps, RouteAuth } from '../context.ts';
import { isTicket, secretHash } from '../domain/api-key.ts';
import { credentialOf } from '../domain/key-of-request.ts';
import type { ApiKey } from '../store/api-keys.ts';
import type { LiveSession } from '../store/sessions.ts';
import { redeemTicket } from '../store/tickets.ts';
import type { RateLimits } from './rate-limits.ts';

/** Whose request it is: of a key, or of somebody who is signed in. */
export type Identified =
  | { key: ApiKey; session?: never; workspaceId?: string }
  | {
      session: LiveSession;
      key?: never /** Undefined: it came by ticket, and no browser sent it by itself. */;
      cookie: string | undefined;
    };

/**
 * Finds out whose request it is; undefined: nobody's. A key or a ticket that is sent counts, be it wrong: the cookie, which a browser sends by itself, is only
 * looked at where there is no other credential, and only by the API of our own pages.
 */
export function createIdentify(deps: Deps, failures: RateLimits) {
  const byTicket = async (ticket: string): Promise<Identified | undefined> => {
    const found = await redeemTicket(deps.db, secretHash(ticket));
    if (!found) return undefined;
    const key = await deps.keys.find(found.keyHash);
    if (key) return { key, workspaceId: found.workspaceId };
    const session = await deps.sessions.find(found.keyHash);
    return session && { session, cookie: undefined };
  };

  const byCookie = async (request: FastifyRequest): Promise<Identified | undefined> => {
    const { cookie: header } = request.headers;
    const cookie = request.routeOptions.url?.startsWith('/v1/') ? deps.sessionCookie.read(header) : undefined;
    if (cookie === undefined) return undefined;
    const hash = secretHash(cookie);
    if (failures.isExhausted(request.ip) && !deps.sessions.isKnown(hash)) return undefined;
    const session = await deps.sessions.find(hash);
    return session && { session, cookie };
  };

  return async (request: FastifyRequest, auth: RouteAuth): Promise<Identified | undefined> => {
    const token = auth.queryToken ? queryToken(request) : undefined;
    const sent = credentialOf(request.headers);
    const credential = sent ?? token;
    if (credential === undefined) return namesNone(request) ? byCookie(request) : undefined;
    if (isApiKey(credential)) {
      const hash = secretHash(credential);
      // Whoever guesses keys is stopped before each guess costs a query; a valid key from the same address goes on working.
      if (failures.isExhausted(request.ip) && !deps.keys.isKnown(hash)) return undefined;
      const key = await deps.keys.find(hash);
      return key && { key };
    }
    if (credential !== token || !isTicket(credential) || failures.isExhausted(request.ip)) return undefined;
    return byTicket(credential);
  };
}

/** A header that names a credential badly is not the same as none. */
function namesNone({ headers }: FastifyRequest): boolean {
  return headers.authorization === undefined && headers['x-partner-key'] === undefined;
}

function queryToken(request: FastifyRequest): string | undefined {
  const token = (request.query as Record<string, unknown>)['token'];
  return typeof token === 'string' ? token : undefined;
}
