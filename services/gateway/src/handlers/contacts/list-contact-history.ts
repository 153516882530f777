import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, PageQuery } from '../../schemas/common.ts';
import { ContactHistory } from '../../schemas/contact.ts';
import { actorJson } from '../../wire/contact.ts';
import { iso } from '../../wire/time.ts';

const schema = {
  operationId: 'listContactHistory',
  summary: 'List what was done to a contact and by whom, newest first',
  description: 'Also of a contact that was merged away, deleted or erased.',
  tags: ['Contacts'],
  params: Type.Object({ contact_id: Id('ctc') }),
  querystring: PageQuery,
  response: { 200: ContactHistory },
};

export function listContactHistory(app: App, deps: Deps): void {
  app.get('/v1/contacts/:contact_id/history', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token } = request.query;
    const page = await deps.contacts.listContactHistory({
      workspaceId: workspaceOf(request),
      contactId: requireId('contact', 'contact', request.params.contact_id),
      pageSize: page_size,
      cursor: deps.pageTokens.open(request, page_token),
    });
    const history = page.history.map((one) => ({
      action: one.action,
      detail: one.detail ?? {},
      ...actorJson(one.actor),
      created_at: iso(one.createdAt),
    }));
    return { history, next_page_token: deps.pageTokens.sign(request, page.nextCursor) };
  });
}
