import { BatonError } from '@baton/errors/baton-error.ts';
import type { Deps } from '../context.ts';
import { secretHash } from '../domain/api-key.ts';
import { attemptNames } from '../domain/sign-in/attempt-names.ts';
import { type AttemptSubject, findPasswords, forgetAttempts, type Person, rehashPassword, takeAttempt } from '../store/sign-in.ts';

/** Runs one guess at a password, counted before it is made; while too many have been wrong nothing is even compared. */
export async function guarded<T>(
  deps: Deps,
  of: { email: string; ip: string },
  guess: () => Promise<T | undefined>,
): Promise<T | undefined> {
  deps.passwords.admit();
  const subjects: AttemptSubject[] = attemptNames(of.email, of.ip).map(({ name, ...rest }) => ({ hash: secretHash(name), ...rest }));
  const wait = await takeAttempt(deps.db, subjects);
  if (wait > 0) throw new BatonError('rate_limited', `Too many attempts; the next one is taken in ${wait} s.`, { retryAfterSeconds: wait });
  const found = await guess();
  if (found !== undefined) await forgetAttempts(deps.db, subjects);
  return found;
}

/** Who this is; throws `unauthorized` without saying whether the address or the password is wrong. */
export async function personOf(
  deps: Deps,
  given: { email: string; password: string; workspaceId: string | undefined; ip: string },
): Promise<Person> {
  const found = await guarded(deps, given, async () => {
    const known = await findPasswords(deps.db, given.email, given.workspaceId);
    for (const { passwordHash, ...person } of known.length > 0 ? known : [nobody]) {
      const { matches, isOutdated } = await deps.passwords.verify(given.password, passwordHash);
      if (!matches) continue;
      if (isOutdated) await rehashPassword(deps.db, person, await deps.passwords.hash(given.password));
      return person;
    }
    return undefined;
  });
  if (!found) throw new BatonError('unauthorized', 'The e-mail address or the password is wrong.');
  return found;
}

/** Compared all the same, so that the time does not tell that there is no such person. */
const nobody = { workspaceId: '', userId: '', passwordHash: undefined };
