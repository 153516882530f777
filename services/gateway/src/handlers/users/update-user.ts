import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { UpdateUser, User } from '../../schemas/access.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { changeUser } from '../../store/users.ts';
import { userJson } from '../../wire/access.ts';

const schema = {
  operationId: 'updateUser',
  summary: 'Change a user',
  description: 'Counts for the next request in their name. The last owner who is not switched off stays one (`last_owner`).',
  tags: ['Access'],
  params: Type.Object({ user_id: Id('usr') }),
  querystring: NoQuery,
  body: UpdateUser,
  response: { 200: User },
};

export function updateUser(app: App, deps: Deps): void {
  app.patch('/v1/users/:user_id', { schema, config: { auth: { scope: 'admin' } } }, async (request) => {
    const userId = requireId('user', 'user', request.params.user_id);
    const user = await changeUser(deps.db, { workspaceId: workspaceOf(request), userId, now: new Date() }, request.body);
    await deps.accessChanges.announce(userId);
    return userJson(user);
  });
}
