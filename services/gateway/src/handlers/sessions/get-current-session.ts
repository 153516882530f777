import { type App, type Deps, sessionOf } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { Session } from '../../schemas/session.ts';
import { nameOf } from '../../sessions/start-session.ts';
import { sessionJson } from '../../wire/session.ts';

const schema = {
  operationId: 'getCurrentSession',
  summary: 'Who is signed in',
  description: 'For pages: with the cookie of a session. With an API key it is refused.',
  tags: ['Sessions'],
  querystring: NoQuery,
  response: { 200: Session },
};

export function getCurrentSession(app: App, deps: Deps): void {
  app.get('/v1/sessions/current', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const session = sessionOf(request);
    // It holds what proves that a request is this page's.
    reply.header('cache-control', 'no-store');
    const workspaceName = await nameOf(deps, session.workspaceId);
    return sessionJson(session, { csrfToken: session.csrfToken ?? '', workspaceName });
  });
}
