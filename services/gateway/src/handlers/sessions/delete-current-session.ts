import { type App, type Deps, sessionOf } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { SessionEntry } from '../../schemas/session.ts';
import { deleteSession as endSession } from '../../store/sessions.ts';
import { sessionEntryJson } from '../../wire/session.ts';

const schema = {
  operationId: 'deleteCurrentSession',
  summary: 'Sign out',
  description: 'The cookie counts for nothing from then on, also where somebody has kept a copy; open streams end.',
  tags: ['Sessions'],
  querystring: NoQuery,
  response: { 200: SessionEntry },
};

export function deleteCurrentSession(app: App, deps: Deps): void {
  app.delete('/v1/sessions/current', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const { workspaceId, sessionId } = sessionOf(request);
    const row = await endSession(deps.db, { workspaceId, sessionId });
    await deps.accessChanges.announce(sessionId);
    reply.header('set-cookie', deps.sessionCookie.clear());
    return sessionEntryJson(row, sessionId);
  });
}
