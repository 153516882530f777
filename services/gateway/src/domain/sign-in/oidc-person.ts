import { type Role, roles } from '../role.ts';

/** Whom a provider vouches for. */
export interface OidcPerson {
  email: string;
  name: string;
  /** What the provider's words for them make of them here. */
  role: Role | undefined;
}

/**
 * Who an ID token says this is; undefined where that is not enough: an address that the provider has not verified may be anybody's, and one of another domain is not
 * for here.
 */
export function oidcPerson(
  claims: Readonly<Record<string, unknown>>,
  rules: { domains: readonly string[]; claim: string; roleOf: ReadonlyMap<string, Role> },
): OidcPerson | undefined {
  const { email, email_verified, name } = claims;
  if (typeof email !== 'string' || email_verified !== true || !/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 320) return undefined;
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  if (rules.domains.length > 0 && !rules.domains.includes(domain)) return undefined;
  const words = [claims[rules.claim]].flat().filter((word): word is string => typeof word === 'string');
  const found = words.map((word) => rules.roleOf.get(word));
  return {
    email,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : email.slice(0, email.lastIndexOf('@')),
    // Of several the one that may most: `roles` begins with it.
    role: roles.find((role) => found.includes(role)),
  };
}
