import { isId } from '@baton/contracts/ids.ts';
import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { App, Caller, Deps, RouteAuth } from '../context.ts';
import { idOf } from '../dialects/ids.ts';
import { scopesOfRole } from '../domain/role.ts';
import { requireCsrfToken } from '../sessions/own-page.ts';
import { callerOfSession } from '../sessions/start-session.ts';
import type { ApiKey } from '../store/api-keys.ts';
import type { LiveSession } from '../store/sessions.ts';
import { createIdentify } from './identify.ts';
import { isOpen } from './open-routes.ts';
import { RateLimits } from './rate-limits.ts';

/**
 * Guards every route that names `config.auth`, before a byte of the body is read: key, workspace, scope, rate. A wrong key is 401, a workspace that
 * the key does not reach is 404, whether it exists or not.
 */
export function guardRoutes(app: App, deps: Deps): void {
  const failures = new RateLimits(deps.config.failureLimit);
  const limits = new RateLimits(deps.config.rateLimit);
  const openLimits = new RateLimits(deps.config.failureLimit);
  const workspaceFor = workspaceResolver(deps);

  app.decorateRequest('caller', undefined);
  app.addHook('onRoute', (route) => {
    // A route without a guard must be a decision, never something forgotten.
    if (!route.config?.auth && !isOpen(route.method, route.url)) throw new Error(`${route.url} names no auth.`);
  });

  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    spend(failures, request.ip, reply);
    throw new BatonError('unauthorized', 'Send a valid API key as "Authorization: Bearer <key>", or sign in.');
  };

  const identify = createIdentify(deps, failures);

  /** undefined: the request is about no workspace, and the key is a partner's. */
  const actsIn = async (request: FastifyRequest, auth: RouteAuth, key: ApiKey): Promise<string | undefined> => {
    const named = namedWorkspace(request, auth);
    const asked = auth.workspace !== 'none' && (auth.workspace !== 'optional' || named !== undefined);
    return asked ? workspaceFor(named, key) : key.workspaceId;
  };

  const callerOfKey = async (request: FastifyRequest, auth: RouteAuth, given: { key: ApiKey; workspaceId?: string }): Promise<Caller> => {
    const { keyId, keyHash, partnerId, scopes } = given.key;
    const workspaceId = given.workspaceId ?? (await actsIn(request, auth, given.key));
    return { keyId, keyHash, workspaceId, partnerId, scopes, user: undefined };
  };

  app.addHook('onRequest', async (request, reply) => {
    const { config, url } = request.routeOptions;
    if (request.is404) return;
    const { auth } = config;
    if (!auth) return url?.startsWith('/v1/') ? spend(openLimits, request.ip, reply) : undefined;
    const found = await identify(request, auth);
    if (!found) return refuse(request, reply);
    spend(limits, found.session ? found.session.sessionId : found.key.keyId, reply);
    // Known from here on, so that what is refused below is put on record.
    const caller = found.session ? callerOfSession(found.session, found.cookie) : await callerOfKey(request, auth, found);
    request.caller = caller;
    if (found.session) requireOwnSession(request, found, deps.config.gatewayUrl);
    else {
      if (!caller.scopes.includes(auth.scope)) throw new BatonError('forbidden', `This needs a key with the scope "${auth.scope}".`);
      caller.user = await deps.users.actingIn(caller.workspaceId, request);
    }
    if (caller.user && !scopesOfRole[caller.user.role].includes(auth.scope))
      throw new BatonError('forbidden', `A user with the role "${caller.user.role}" may not do this; it needs the scope "${auth.scope}".`);
  });
}

/** A session is of one person in one workspace, and what it changes is asked by our own page. */
function requireOwnSession(
  request: FastifyRequest,
  { session, cookie }: { session: LiveSession; cookie: string | undefined },
  publicUrl: string,
): void {
  const workspace = namedWorkspace(request, request.routeOptions.config.auth ?? { scope: 'read' });
  if (workspace !== undefined && workspace !== session.workspaceId) throw notFound('workspace', String(workspace).slice(0, 64));
  if (request.headers['baton-user'] !== undefined) throw invalidField('Baton-User', 'a session is of one person, and acts for nobody else');
  if (cookie !== undefined && !reads.has(request.method)) requireCsrfToken(request, { token: cookie, publicUrl });
}

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Takes one request of what this name may still make, and says how many are left. */
function spend(limits: RateLimits, name: string, reply: FastifyReply): void {
  const taken = limits.take(name);
  limits.announce(reply, taken);
  if (!taken.allowed)
    throw new BatonError('rate_limited', 'Too many requests; try again later.', { retryAfterSeconds: taken.retryAfterSeconds });
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
