import { type App, type Deps, workspaceOf } from '../../context.ts';
import { UserList, UserListQuery } from '../../schemas/access.ts';
import { listUsers as selectUsers } from '../../store/users.ts';
import { userJson } from '../../wire/access.ts';

const schema = {
  operationId: 'listUsers',
  summary: 'List the people of the workspace',
  description: 'Newest first.',
  tags: ['Access'],
  querystring: UserListQuery,
  response: { 200: UserList },
};

export function listUsers(app: App, deps: Deps): void {
  app.get('/v1/users', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size: size = 50, page_token, role, enabled } = request.query;
    const before = deps.pageTokens.open(request, page_token);
    const { users, next } = await selectUsers(deps.db, workspaceOf(request), { size, before, role, enabled });
    return { users: users.map(userJson), next_page_token: deps.pageTokens.sign(request, next) };
  });
}
