import { isApiKey } from '@baton/contracts/api-key.ts';
import { isId } from '@baton/contracts/ids.ts';
import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { App, Caller, Deps, RouteAuth } from '../context.ts';
import { idOf } from '../dialects/ids.ts';
import { isTicket, secretHash } from '../domain/api-key.ts';
import { credentialOf } from '../domain/key-of-request.ts';
import { scopesOfRole } from '../domain/role.ts';
import type { ApiKey } from '../store/api-keys.ts';
import { redeemTicket } from '../store/tickets.ts';
import { openRoutes } from './open-routes.ts';
import { RateLimits } from './rate-limits.ts';

/**
 * Guards every route that names `config.auth`, before a byte of the body is read: key, workspace, scope, rate. A wrong key is 401, a workspace that
 * the key does not reach is 404, whether it exists or not.
 */
export function guardRoutes(app: App, deps: Deps): void {
  const failures = new RateLimits(deps.config.failureLimit);
  const limits = new RateLimits(deps.config.rateLimit);
  const workspaceFor = workspaceResolver(deps);

  app.decorateRequest('caller', undefined);
  app.addHook('onRoute', (route) => {
    // A route without a guard must be a decision, never something forgotten.
    if (!route.config?.auth && !openRoutes.has(route.url)) throw new Error(`${route.url} names no auth.`);
  });

  const refuse = (request: FastifyRequest, reply: FastifyReply, detail: string): never => {
    const taken = failures.take(request.ip);
    failures.announce(reply, taken);
    if (!taken.allowed) throw tooMany(taken.retryAfterSeconds);
    throw new BatonError('unauthorized', detail);
  };

  const identify = async (request: FastifyRequest, auth: RouteAuth): Promise<{ key: ApiKey; workspaceId?: string } | undefined> => {
    const token = auth.queryToken ? queryToken(request) : undefined;
    const credential = credentialOf(request.headers) ?? token;
    if (credential === undefined) return undefined;
    if (isApiKey(credential)) {
      const hash = secretHash(credential);
      // Whoever guesses keys is stopped before each guess costs a query; a valid key from the same address goes on working.
      if (failures.isExhausted(request.ip) && !deps.keys.isKnown(hash)) return undefined;
      const key = await deps.keys.find(hash);
      return key && { key };
    }
    if (credential !== token || !isTicket(credential) || failures.isExhausted(request.ip)) return undefined;
    const ticket = await redeemTicket(deps.db, secretHash(credential));
    const key = ticket && (await deps.keys.find(ticket.keyHash));
    return key && { key, workspaceId: ticket.workspaceId };
  };

  /** undefined: the request is about no workspace, and the key is a partner's. */
  const actsIn = async (request: FastifyRequest, auth: RouteAuth, key: ApiKey): Promise<string | undefined> => {
    const named = namedWorkspace(request, auth);
    const asked = auth.workspace !== 'none' && (auth.workspace !== 'optional' || named !== undefined);
    return asked ? workspaceFor(named, key) : key.workspaceId;
  };

  app.addHook('onRequest', async (request, reply) => {
    const auth = request.routeOptions.config.auth;
    if (!auth || request.is404) return;
    const found = await identify(request, auth);
    if (!found) return refuse(request, reply, 'Send a valid API key as "Authorization: Bearer <key>".');
    const { key } = found;
    const taken = limits.take(key.keyId);
    limits.announce(reply, taken);
    if (!taken.allowed) throw tooMany(taken.retryAfterSeconds);
    const workspaceId = found.workspaceId ?? (await actsIn(request, auth, key));
    const { keyId, keyHash, partnerId, scopes } = key;
    // Known from here on, so that what is refused below is put on record.
    request.caller = { keyId, keyHash, workspaceId, partnerId, scopes, user: undefined } satisfies Caller;
    if (!key.scopes.includes(auth.scope)) throw new BatonError('forbidden', `This needs a key with the scope "${auth.scope}".`);
    const user = await deps.users.actingIn(workspaceId, request);
    request.caller.user = user;
    if (user && !scopesOfRole[user.role].includes(auth.scope))
      throw new BatonError('forbidden', `A user with the role "${user.role}" may not do this; it needs the scope "${auth.scope}".`);
  });
}

function tooMany(retryAfterSeconds: number): BatonError {
  return new BatonError('rate_limited', 'Too many requests; try again later.', { retryAfterSeconds });
}

function queryToken(request: FastifyRequest): string | undefined {
  const token = (request.query as Record<string, unknown>)['token'];
  return typeof token === 'string' ? token : undefined;
}

/** The workspace that a request is about, where it says so: in its path, or by the header. */
function namedWorkspace(request: FastifyRequest, auth: RouteAuth): unknown {
  if (auth.workspace !== 'path') return request.headers['baton-workspace'];
  const { workspace_id, account_id = '' } = request.params as { workspace_id?: string; account_id?: string };
  return workspace_id ?? idOf('workspace', account_id) ?? account_id;
}

/** The workspace a key acts in: its own, or the one a partner names. Which partner made a workspace never changes, so that is remembered. */
function workspaceResolver(deps: Deps): (named: unknown, key: ApiKey) => Promise<string> {
  const partnerOf = new LRUCache<string, string>({ max: 50_000 });
  return async (named, key) => {
    if (key.workspaceId !== undefined) {
      if (named !== undefined && named !== key.workspaceId) throw notFound('workspace', String(named).slice(0, 64));
      return key.workspaceId;
    }
    if (typeof named !== 'string') throw invalidField('Baton-Workspace', 'a partner key names its workspace with this header');
    if (!isId('workspace', named)) throw notFound('workspace', named.slice(0, 64));
    let partnerId = partnerOf.get(named);
    if (partnerId === undefined) {
      ({ partnerId } = await deps.directory.getWorkspace({ workspaceId: named }));
      partnerOf.set(named, partnerId);
    }
    if (partnerId !== key.partnerId) throw notFound('workspace', named);
    return named;
  };
}
