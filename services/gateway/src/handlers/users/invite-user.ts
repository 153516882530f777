import { Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { OneTimeLink } from '../../schemas/session.ts';
import { makeLink } from '../../sessions/one-time-links.ts';

const schema = {
  operationId: 'inviteUser',
  summary: 'Make a link to set a password',
  description:
    'To invite somebody, or where they have forgotten theirs. Good for one use within 72 hours; the link before it counts no longer. Send it to nobody else.',
  tags: ['Access'],
  params: Type.Object({ user_id: Id('usr') }),
  querystring: NoQuery,
  body: Type.Object({}, { title: 'InviteUser', additionalProperties: false }),
  response: { 201: OneTimeLink },
};

export function inviteUser(app: App, deps: Deps): void {
  app.post('/v1/users/:user_id/invite', { schema, config: { auth: { scope: 'admin' }, optionalBody: true } }, async (request, reply) => {
    const userId = requireId('user', 'user', request.params.user_id);
    return reply.code(201).send(await makeLink(deps, { workspaceId: workspaceOf(request), userId }, 'set_password'));
  });
}
