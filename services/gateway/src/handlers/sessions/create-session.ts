import { invalidField } from '@baton/errors/baton-error.ts';
import type { App, Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { CreateSession, Session } from '../../schemas/session.ts';
import { redeemLink } from '../../sessions/one-time-links.ts';
import { requireOwnPage } from '../../sessions/own-page.ts';
import { personOf } from '../../sessions/sign-in.ts';
import { startSession } from '../../sessions/start-session.ts';

const schema = {
  operationId: 'createSession',
  summary: 'Sign in',
  description:
    'With e-mail address and password, or with the token of a one-time link. Sets the cookie of the session, which from then on does what an API key does, with ' +
    'the rights of the person. Too many wrong attempts are answered 429 with `Retry-After`, whether or not there is such a person.',
  tags: ['Sessions'],
  querystring: NoQuery,
  body: CreateSession,
  response: { 201: Session },
};

export function createSession(app: App, deps: Deps): void {
  app.post('/v1/sessions', { schema, config: { signsIn: true } }, async (request, reply) => {
    requireOwnPage(request, deps.config.gatewayUrl);
    const { email, password, workspace_id: workspaceId, one_time_token: token } = request.body;
    if ((token === undefined) !== (email !== undefined && password !== undefined))
      throw invalidField('/one_time_token', 'give either this, or email and password');
    const person =
      token === undefined
        ? await personOf(deps, { email: email ?? '', password: password ?? '', workspaceId, ip: request.ip })
        : await redeemLink(deps, token, 'sign_in');
    const method = token === undefined ? 'password' : 'one_time_link';
    return reply.code(201).send(await startSession(deps, { request, reply }, { ...person, method }));
  });
}
