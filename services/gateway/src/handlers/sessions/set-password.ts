import type { App, Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { Session, SetPassword } from '../../schemas/session.ts';
import { requireGoodPassword } from '../../sessions/good-password.ts';
import { personOfLink, redeemLink } from '../../sessions/one-time-links.ts';
import { requireOwnPage } from '../../sessions/own-page.ts';
import { startSession } from '../../sessions/start-session.ts';
import { setPassword as storePassword } from '../../store/sign-in.ts';
import { getUser } from '../../store/users.ts';

const schema = {
  operationId: 'setPassword',
  summary: 'Set a password by an invitation',
  description: 'With the token of the link that `inviteUser` makes. Ends every session of this person and begins one here.',
  tags: ['Sessions'],
  querystring: NoQuery,
  body: SetPassword,
  response: { 201: Session },
};

export function setPassword(app: App, deps: Deps): void {
  app.post('/v1/sessions/password', { schema, config: { signsIn: true } }, async (request, reply) => {
    requireOwnPage(request, deps.config.gatewayUrl);
    const { token, password } = request.body;
    // All that can be refused is refused before the link is used up: it stays good for another try.
    const { workspaceId, userId } = await personOfLink(deps, token, 'set_password');
    const { email, display_name } = await getUser(deps.db, workspaceId, userId);
    requireGoodPassword('/password', password, [email, display_name]);
    deps.passwords.admit();
    const hash = await deps.passwords.hash(password);
    const person = await redeemLink(deps, token, 'set_password');
    await storePassword(deps.db, person, hash);
    await deps.accessChanges.announce(person.userId);
    return reply.code(201).send(await startSession(deps, { request, reply }, { ...person, method: 'one_time_link' }));
  });
}
