import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../context.ts';
import { scopesOfRole } from '../domain/role.ts';

/** Whether both the key and the person in whose name it asks may administer the workspace. */
export function mayAdminister(request: FastifyRequest): boolean {
  const { scopes, user } = callerOf(request);
  return scopes.includes('admin') && (!user || scopesOfRole[user.role].includes('admin'));
}

/** What everybody may see of themselves, and administrators of all. `userId` undefined: of all. */
export function requireOwnOrAdmin(request: FastifyRequest, userId: string | undefined): void {
  const own = userId !== undefined && userId === callerOf(request).user?.user_id;
  if (!own && !mayAdminister(request)) throw new BatonError('forbidden', 'The sessions of others need the scope "admin".');
}
