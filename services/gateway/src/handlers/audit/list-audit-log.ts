import { type App, callerOf, type Deps } from '../../context.ts';
import { AuditLog, AuditQuery } from '../../schemas/audit.ts';
import { listAudit } from '../../store/audit.ts';
import { dateOf, iso } from '../../wire/time.ts';

const schema = {
  operationId: 'listAuditLog',
  summary: 'Who did what, when; newest first',
  description:
    'Every write that was answered, and every attempt at an administrator’s that was refused: who, from where, what it was about and which fields were set, ' +
    'never a value. With a partner key and no `Baton-Workspace`: what was about no workspace, such as making one.',
  tags: ['Access'],
  querystring: AuditQuery,
  response: { 200: AuditLog },
};

export function listAuditLog(app: App, deps: Deps): void {
  app.get('/v1/audit-log', { schema, config: { auth: { scope: 'admin', workspace: 'optional' } } }, async (request) => {
    const { page_size: size = 50, page_token, actor_id, operation, target_id, since, until } = request.query;
    const { workspaceId, partnerId } = callerOf(request);
    const filter = { actorId: actor_id, operation, targetId: target_id, since: dateOf('since', since), until: dateOf('until', until) };
    const before = deps.pageTokens.open(request, page_token);
    const { rows, next } = await listAudit(deps.db, workspaceId ?? partnerId ?? '', { filter, size, before });
    return {
      entries: rows.map(({ workspace_id: _, created_at, ...row }) => ({ ...row, created_at: iso(created_at) })),
      next_page_token: deps.pageTokens.sign(request, next),
    };
  });
}
