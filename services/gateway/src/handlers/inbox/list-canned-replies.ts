import { type App, type Deps, workspaceOf } from '../../context.ts';
import { CannedReplyList, CannedReplyListQuery } from '../../schemas/inbox.ts';
import { cannedReplyJson } from '../../wire/inbox.ts';

const schema = {
  operationId: 'listCannedReplies',
  summary: 'List canned replies by shortcut',
  tags: ['Inbox'],
  querystring: CannedReplyListQuery,
  response: { 200: CannedReplyList },
};

export function listCannedReplies(app: App, deps: Deps): void {
  app.get('/v1/canned-replies', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token, query, language, tag } = request.query;
    const page = await deps.inbox.listCannedReplies({
      workspaceId: workspaceOf(request),
      pageSize: page_size,
      cursor: deps.pageTokens.open(request, page_token),
      query,
      language,
      tag,
    });
    return { canned_replies: page.cannedReplies.map(cannedReplyJson), next_page_token: deps.pageTokens.sign(request, page.nextCursor) };
  });
}
