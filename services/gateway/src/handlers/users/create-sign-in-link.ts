import { BatonError } from '@baton/errors/baton-error.ts';
import { Type } from 'typebox';
import { type App, callerOf, type Deps, workspaceOf } from '../../context.ts';
import { requireId } from '../../http/parameters.ts';
import { Id, NoQuery } from '../../schemas/common.ts';
import { OneTimeLink } from '../../schemas/session.ts';
import { makeLink } from '../../sessions/one-time-links.ts';

const schema = {
  operationId: 'createSignInLink',
  summary: 'Make a link that signs somebody in',
  description:
    'Without a password, once, within ten minutes: for whoever runs this installation. With an API key alone; nobody who is signed in becomes somebody else.',
  tags: ['Access'],
  params: Type.Object({ user_id: Id('usr') }),
  querystring: NoQuery,
  body: Type.Object({}, { title: 'CreateSignInLink', additionalProperties: false }),
  response: { 201: OneTimeLink },
};

export function createSignInLink(app: App, deps: Deps): void {
  app.post(
    '/v1/users/:user_id/sign-in-links',
    { schema, config: { auth: { scope: 'admin' }, optionalBody: true } },
    async (request, reply) => {
      const userId = requireId('user', 'user', request.params.user_id);
      if (callerOf(request).session) throw new BatonError('forbidden', 'This needs an API key.');
      return reply.code(201).send(await makeLink(deps, { workspaceId: workspaceOf(request), userId }, 'sign_in'));
    },
  );
}
