import { invalidField } from '@baton/errors/baton-error.ts';
import type { ApiKey, User } from '../schemas/access.ts';
import type { ManagedKey } from '../store/key-management.ts';
import type { UserRow } from '../store/users.ts';
import { dateOf, iso, isoOrNull } from './time.ts';

/** A key as it is shown: never its secret. */
export function apiKeyJson(key: ManagedKey): ApiKey {
  return {
    api_key_id: key.keyId,
    partner_id: key.partnerId,
    name: key.name,
    hint: key.hint,
    scopes: key.scopes,
    created_at: iso(key.createdAt),
    last_used_at: isoOrNull(key.lastUsedAt ?? undefined),
    expires_at: isoOrNull(key.expiresAt ?? undefined),
    revoked_at: isoOrNull(key.revokedAt ?? undefined),
    previous_valid_until: isoOrNull(key.previousValidUntil ?? undefined),
  };
}

/** When a key is to expire; a time that has passed is a mistake: revoking says what is meant. */
export function expiryOf(given: string | null | undefined, now: number): Date | null | undefined {
  if (given === undefined || given === null) return given;
  const date = dateOf('/expires_at', given);
  if (date && date.getTime() <= now) throw invalidField('/expires_at', 'must lie in the future; to end a key now, revoke it');
  return date;
}

export function userJson(user: UserRow): User {
  const { last_signed_in_at, created_at, updated_at, ...fields } = user;
  const signedIn = { last_signed_in_at: isoOrNull(last_signed_in_at ?? undefined) };
  return { ...fields, ...signedIn, created_at: iso(created_at), updated_at: iso(updated_at) };
}
