import type { Scope } from './api-key.ts';

export const roles = ['owner', 'operator', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** What a person of this role may do, whatever the key that names them may do. */
export const scopesOfRole: Record<Role, readonly Scope[]> = {
  owner: ['read', 'write', 'admin'],
  operator: ['read', 'write'],
  viewer: ['read'],
};
