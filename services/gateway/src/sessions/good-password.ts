import { invalidField } from '@baton/errors/baton-error.ts';
import { passwordProblem } from '../domain/sign-in/password-rules.ts';

/** Throws where it is too easily guessed. `field`: where it was given; `about`: what is known of the person. */
export function requireGoodPassword(field: string, password: string, about: readonly string[]): void {
  const problem = passwordProblem(password, about);
  if (problem !== undefined) throw invalidField(field, problem);
}
