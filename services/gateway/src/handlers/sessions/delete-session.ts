import { Type } from 'typebox';
import { type App, callerOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { SessionEntry } from '../../schemas/session.ts';
import { mayAdminister } from '../../sessions/own-or-admin.ts';
import { deleteSession as endSession } from '../../store/sessions.ts';
import { sessionEntryJson } from '../../wire/session.ts';

const schema = {
  operationId: 'deleteSession',
  summary: 'Sign somebody out elsewhere',
  description: 'At once, with the streams that it has open. One’s own are for everybody, those of others need the scope `admin`.',
  tags: ['Sessions'],
  params: Type.Object({ session_id: Id('ses') }),
  querystring: NoQuery,
  response: { 200: SessionEntry },
};

export function deleteSession(app: App, deps: Deps): void {
  app.delete('/v1/sessions/:session_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const sessionId = requireId('session', 'session', request.params.session_id);
    const { user, session } = callerOf(request);
    // Somebody else's does not exist for whoever may not end it; a key without a person has none of its own.
    const ofUser = mayAdminister(request) ? undefined : (user?.user_id ?? '');
    const row = await endSession(deps.db, { workspaceId: workspaceOf(request), sessionId, ofUser });
    await deps.accessChanges.announce(sessionId);
    return sessionEntryJson(row, session?.sessionId);
  });
}
