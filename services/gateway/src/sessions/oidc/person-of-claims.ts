import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Deps } from '../../context.ts';
import { oidcPerson } from '../../domain/sign-in/oidc-person.ts';
import type { Person } from '../../store/sign-in.ts';
import { findByEmail, insertUser } from '../../store/users.ts';
import type { OidcSettings } from './settings.ts';

/** Who that is here: somebody who is known by this address, or where the configuration says so, somebody new. undefined: nobody, or switched off. */
export async function personOfClaims(deps: Deps, settings: OidcSettings, claims: Record<string, unknown>): Promise<Person | undefined> {
  const { workspaceId, domains, newcomers } = settings;
  const found = oidcPerson(claims, { domains, claim: newcomers.claim, roleOf: newcomers.roleOf });
  if (!found) return undefined;
  const known = await findByEmail(deps.db, workspaceId, found.email);
  if (known) return known.enabled ? { workspaceId, userId: known.user_id } : undefined;
  const role = found.role ?? newcomers.role;
  if (role === undefined) return undefined;
  const userId = newId('user');
  try {
    const fields = { email: found.email, display_name: found.name, role, enabled: true };
    await insertUser(deps.db, workspaceId, { userId, commandId: `oidc:${userId}`, now: new Date(), ...fields });
    return { workspaceId, userId };
  } catch (error) {
    // Their other tab was quicker.
    if (!(error instanceof BatonError && error.code === 'conflict')) throw error;
    const other = await findByEmail(deps.db, workspaceId, found.email);
    return other?.enabled ? { workspaceId, userId: other.user_id } : undefined;
  }
}
