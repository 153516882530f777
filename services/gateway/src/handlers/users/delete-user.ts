import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { User } from '../../schemas/access.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { deleteUser as removeUser } from '../../store/users.ts';
import { userJson } from '../../wire/access.ts';

const schema = {
  operationId: 'deleteUser',
  summary: 'Remove a user',
  description: 'Name and address are gone for good; histories keep the id. Switch a user off instead to keep the name.',
  tags: ['Access'],
  params: Type.Object({ user_id: Id('usr') }),
  querystring: NoQuery,
  response: { 200: User },
};

export function deleteUser(app: App, deps: Deps): void {
  app.delete('/v1/users/:user_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const userId = requireId('user', 'user', request.params.user_id);
    const user = await removeUser(deps.db, { workspaceId: workspaceOf(request), userId });
    await deps.accessChanges.announce(userId);
    return userJson(user);
  });
}
