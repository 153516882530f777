import { type App, callerOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { SessionList, SessionListQuery } from '../../schemas/session.ts';
import { requireOwnOrAdmin } from '../../sessions/own-or-admin.ts';
import { listSessions as selectSessions } from '../../store/sessions.ts';
import { sessionEntryJson } from '../../wire/session.ts';

const schema = {
  operationId: 'listSessions',
  summary: 'List where people are signed in',
  description: 'Newest first; only sessions that still count. One’s own are for everybody, those of others need the scope `admin`.',
  tags: ['Sessions'],
  querystring: SessionListQuery,
  response: { 200: SessionList },
};

export function listSessions(app: App, deps: Deps): void {
  app.get('/v1/sessions', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size: size = 50, page_token, user_id } = request.query;
    const { session } = callerOf(request);
    const userId = user_id === undefined ? session?.user.user_id : requireId('user', 'user', user_id);
    requireOwnOrAdmin(request, userId);
    const before = deps.pageTokens.open(request, page_token);
    const { sessions, next } = await selectSessions(deps.db, workspaceOf(request), { size, before, userId });
    const rows = sessions.map((row) => sessionEntryJson(row, session?.sessionId));
    return { sessions: rows, next_page_token: deps.pageTokens.sign(request, next) };
  });
}
