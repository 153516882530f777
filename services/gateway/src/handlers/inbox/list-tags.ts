import { type App, type Deps, workspaceOf } from '../../context.ts';
import { PageQuery } from '../../schemas/common.ts';
import { TagList } from '../../schemas/inbox.ts';

const schema = {
  operationId: 'listTags',
  summary: 'List the tags of conversations by name, and how many have each',
  description: 'A tag exists as long as a conversation has it.',
  tags: ['Inbox'],
  querystring: PageQuery,
  response: { 200: TagList },
};

export function listTags(app: App, deps: Deps): void {
  app.get('/v1/tags', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size = 50, page_token } = request.query;
    const cursor = deps.pageTokens.open(request, page_token);
    const page = await deps.inbox.listTags({ workspaceId: workspaceOf(request), pageSize: page_size, cursor });
    return {
      tags: page.tags.map(({ name, conversations }) => ({ name, conversations })),
      next_page_token: deps.pageTokens.sign(request, page.nextCursor),
    };
  });
}
