import { newId } from '@baton/contracts/ids.ts';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { CreateUser, User } from '../../schemas/access.ts';
import { NoQuery } from '../../schemas/common.ts';
import { insertUser } from '../../store/users.ts';
import { userJson } from '../../wire/access.ts';

const schema = {
  operationId: 'createUser',
  summary: 'Add a person to the workspace',
  description: 'Requests with the header `Baton-User` are then made in their name.',
  tags: ['Access'],
  querystring: NoQuery,
  body: CreateUser,
  response: { 201: User },
};

export function createUser(app: App, deps: Deps): void {
  app.post('/v1/users', { schema, config: { auth: { scope: 'admin' } } }, async (request, reply) => {
    const { email, display_name, role, enabled = true } = request.body;
    const { commandId } = request;
    const user = { userId: newId('user'), commandId, now: new Date(), email, display_name, role, enabled };
    return reply.code(201).send(userJson(await insertUser(deps.db, workspaceOf(request), user)));
  });
}
