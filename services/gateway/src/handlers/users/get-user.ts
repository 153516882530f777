import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { User } from '../../schemas/access.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { getUser as selectUser } from '../../store/users.ts';
import { userJson } from '../../wire/access.ts';

const schema = {
  operationId: 'getUser',
  summary: 'Get a user',
  tags: ['Access'],
  params: Type.Object({ user_id: Id('usr') }),
  querystring: NoQuery,
  response: { 200: User },
};

export function getUser(app: App, deps: Deps): void {
  app.get('/v1/users/:user_id', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const userId = requireId('user', 'user', request.params.user_id);
    return userJson(await selectUser(deps.db, workspaceOf(request), userId));
  });
}
