import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App, Deps } from '../../../context.ts';
import { Redirect } from '../../../schemas/session.ts';
import { OidcCookie } from '../../../sessions/oidc/cookie.ts';
import type { Oidc } from '../../../sessions/oidc/oidc.ts';
import { personOfClaims } from '../../../sessions/oidc/person-of-claims.ts';
import { startSession } from '../../../sessions/start-session.ts';

const schema = {
  operationId: 'finishOidc',
  summary: 'Come back from the company’s own provider',
  description:
    'Where the provider sends the browser: begins the session and goes on to the console, or to its sign-in with `#problem=` and why not.',
  tags: ['Sessions'],
  // Whatever the provider sends along.
  querystring: Type.Object({}, { additionalProperties: Type.String({ maxLength: 4096 }) }),
  response: { 302: Redirect },
};

export function finishOidc(app: App, deps: Deps): void {
  const cookie = new OidcCookie(deps.config);
  app.get('/v1/sessions/oidc/callback', { schema, config: { signsIn: true } }, async (request, reply) => {
    const { oidc } = deps;
    if (!oidc) throw notFound('resource', 'oidc');
    reply.header('cache-control', 'no-store').header('set-cookie', cookie.clear());
    const problem = await enter(deps, oidc, { request, reply, cookie });
    return reply.redirect(problem === undefined ? '/inbox' : `/sign-in#problem=${problem}`, 302);
  });
}

/** A browser is on its way and shows no problem details: it is told a word for it, which the console has a sentence for. */
async function enter(
  deps: Deps,
  oidc: Oidc,
  at: { request: FastifyRequest; reply: FastifyReply; cookie: OidcCookie },
): Promise<'provider' | 'unknown' | 'unavailable' | undefined> {
  const pending = at.cookie.read(at.request.headers.cookie);
  if (!pending) return 'provider';
  try {
    const claims = await oidc.finish(new URLSearchParams(at.request.query as Record<string, string>), pending);
    const person = await personOfClaims(deps, oidc.settings, claims);
    if (!person) return 'unknown';
    await startSession(deps, at, { ...person, method: 'oidc' });
    return undefined;
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return error.code === 'unauthorized' ? 'provider' : 'unavailable';
  }
}
