import { randomBytes } from 'node:crypto';
import { base62, secretBytes } from '@baton/contracts/api-key.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Deps } from '../context.ts';
import { secretHash } from '../domain/api-key.ts';
import type { TokenPurpose } from '../domain/sign-in/words.ts';
import type { OneTimeLink } from '../schemas/session.ts';
import { findToken, insertToken, type Person, redeemToken } from '../store/sign-in.ts';
import { getUser } from '../store/users.ts';

const lifeMs: Record<TokenPurpose, number> = { sign_in: 600_000, set_password: 72 * 3_600_000 };
const pages: Record<TokenPurpose, string> = { sign_in: '/sign-in', set_password: '/set-password' };

/** A link for one person and one use; its token stands behind `#`, which no server and no log gets to see. Throws `not_found`, and `conflict` for who is switched off. */
export async function makeLink(deps: Deps, who: Person, purpose: TokenPurpose): Promise<OneTimeLink> {
  const user = await getUser(deps.db, who.workspaceId, who.userId);
  if (!user.enabled) throw new BatonError('conflict', 'This user is switched off.');
  const token = `ott_${base62(randomBytes(secretBytes), 32)}`;
  const expiresAt = new Date(Date.now() + lifeMs[purpose]);
  await insertToken(deps.db, { ...who, hash: secretHash(token), purpose, expiresAt });
  return { url: `${deps.config.gatewayUrl}${pages[purpose]}#token=${token}`, token, expires_at: expiresAt.toISOString() };
}

/** Whom the link is for, without using it up. Throws `unauthorized`. */
export async function personOfLink(deps: Deps, token: string, purpose: TokenPurpose): Promise<Person> {
  return (isToken(token) && (await findToken(deps.db, secretHash(token), purpose))) || refuseLink();
}

/** The same, and uses it up. */
export async function redeemLink(deps: Deps, token: string, purpose: TokenPurpose): Promise<Person> {
  return (isToken(token) && (await redeemToken(deps.db, secretHash(token), purpose))) || refuseLink();
}

function isToken(text: string): boolean {
  return /^ott_[0-9A-Za-z]{32}$/.test(text);
}

function refuseLink(): never {
  throw new BatonError('unauthorized', 'This link has been used or is too old; ask for another one.');
}
