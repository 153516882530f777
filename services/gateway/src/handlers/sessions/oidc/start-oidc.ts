import { notFound } from '@baton/errors/baton-error.ts';
import type { App, Deps } from '../../../context.ts';
import { NoQuery } from '../../../schemas/common.ts';
import { Redirect } from '../../../schemas/session.ts';
import { OidcCookie } from '../../../sessions/oidc/cookie.ts';

const schema = {
  operationId: 'startOidc',
  summary: 'Sign in at the company’s own provider',
  description:
    'For browsers: sends them to the provider that this installation is configured for (OpenID Connect), which sends them back. Without one: 404.',
  tags: ['Sessions'],
  querystring: NoQuery,
  response: { 302: Redirect },
};

export function startOidc(app: App, deps: Deps): void {
  const cookie = new OidcCookie(deps.config);
  app.get('/v1/sessions/oidc/start', { schema }, async (_request, reply) => {
    if (!deps.oidc) throw notFound('resource', 'oidc');
    const { url, pending } = await deps.oidc.begin();
    return reply.header('set-cookie', cookie.set(pending)).header('cache-control', 'no-store').redirect(url, 302);
  });
}
