import { randomBytes } from 'node:crypto';
import { newId } from '@baton/contracts/ids.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, Deps } from '../context.ts';
import { secretHash } from '../domain/api-key.ts';
import { scopesOfRole } from '../domain/role.ts';
import type { SignInMethod } from '../domain/sign-in/words.ts';
import type { Session } from '../schemas/session.ts';
import { deleteSession, insertSession, type LiveSession } from '../store/sessions.ts';
import type { Person } from '../store/sign-in.ts';
import { getUser } from '../store/users.ts';
import { sessionJson } from '../wire/session.ts';
import { csrfTokenOf } from './cookie.ts';

/**
 * Signs a person in: a new session under a token that nobody has seen before, whatever cookie the request came with; what that one stood for is ended. Sets the
 * cookie, and makes the request theirs, so that it is put on record under their name.
 */
export async function startSession(
  deps: Deps,
  at: { request: FastifyRequest; reply: FastifyReply },
  who: Person & { method: SignInMethod },
): Promise<Session> {
  const { request, reply } = at;
  const { idleSeconds, lifeSeconds } = deps.config.sessions;
  await endPrevious(deps, request);
  const token = randomBytes(32).toString('base64url');
  const session: LiveSession = {
    sessionId: newId('session'),
    tokenHash: secretHash(token),
    workspaceId: who.workspaceId,
    user: await getUser(deps.db, who.workspaceId, who.userId),
    expiresAt: new Date(Date.now() + lifeSeconds * 1000),
  };
  const { sessionId, tokenHash, workspaceId } = session;
  const userAgent = String(request.headers['user-agent'] ?? '').slice(0, 300);
  await insertSession(deps.db, { sessionId, tokenHash, ...who, ip: request.ip, userAgent, idleSeconds, lifeSeconds });
  reply.header('set-cookie', deps.sessionCookie.set(token, lifeSeconds));
  request.caller = callerOfSession(session, token);
  return sessionJson(session, { csrfToken: csrfTokenOf(token), workspaceName: await nameOf(deps, workspaceId) });
}

/** Somebody who is signed in, as handlers know callers. */
export function callerOfSession(session: LiveSession, token: string | undefined): Caller {
  return {
    keyId: session.sessionId,
    keyHash: session.tokenHash,
    workspaceId: session.workspaceId,
    partnerId: undefined,
    scopes: scopesOfRole[session.user.role],
    user: session.user,
    session: { ...session, csrfToken: token === undefined ? undefined : csrfTokenOf(token) },
  };
}

/** A name is not worth refusing a sign-in for: undefined while it cannot be had. */
export async function nameOf(deps: Deps, workspaceId: string): Promise<string | undefined> {
  try {
    return (await deps.directory.getWorkspace({ workspaceId }, { timeoutMs: 1500 })).name;
  } catch {
    return undefined;
  }
}

async function endPrevious(deps: Deps, request: FastifyRequest): Promise<void> {
  const token = deps.sessionCookie.read(request.headers.cookie);
  const previous = token && (await deps.sessions.peek(secretHash(token)));
  if (!previous) return;
  const { workspaceId, sessionId } = previous;
  await deleteSession(deps.db, { workspaceId, sessionId }).catch(() => undefined);
  await deps.accessChanges.announce(sessionId);
}
