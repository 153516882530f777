import type { FastifyRequest } from 'fastify';
import { callerOf } from '../context.ts';
import { scopesOfRole } from '../domain/role.ts';

/** Whether both the key and the person in whose name it asks may do what administrators do. */
export function administers(request: FastifyRequest): boolean {
  const { scopes, user } = callerOf(request);
  return scopes.includes('admin') && (user === undefined || scopesOfRole[user.role].includes('admin'));
}
