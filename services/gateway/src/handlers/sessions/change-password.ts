import { BatonError } from '@baton/errors/baton-error.ts';
import { type App, type Deps, sessionOf } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { ChangePassword, Session } from '../../schemas/session.ts';
import { requireGoodPassword } from '../../sessions/good-password.ts';
import { guarded } from '../../sessions/sign-in.ts';
import { startSession } from '../../sessions/start-session.ts';
import { findPassword, setPassword } from '../../store/sign-in.ts';

const schema = {
  operationId: 'changePassword',
  summary: 'Change one’s own password',
  description: 'Ends every session of this person, and begins a new one here.',
  tags: ['Sessions'],
  querystring: NoQuery,
  body: ChangePassword,
  response: { 200: Session },
};

export function changePassword(app: App, deps: Deps): void {
  app.post('/v1/sessions/current/password', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const { workspaceId, user } = sessionOf(request);
    const { current_password, new_password } = request.body;
    requireGoodPassword('/new_password', new_password, [user.email, user.display_name]);
    const present = await findPassword(deps.db, user.user_id);
    if (present === undefined) throw new BatonError('conflict', 'You have no password yet; ask for an invitation.');
    // Whoever finds an open console guesses no better than anybody else.
    const isTheirs = await guarded(deps, { email: user.email, ip: request.ip }, async () =>
      (await deps.passwords.verify(current_password, present)).matches ? true : undefined,
    );
    if (!isTheirs) throw new BatonError('forbidden', 'The present password is not right.');
    const person = { workspaceId, userId: user.user_id };
    await setPassword(deps.db, person, await deps.passwords.hash(new_password));
    await deps.accessChanges.announce(user.user_id);
    return startSession(deps, { request, reply }, { ...person, method: 'password' });
  });
}
