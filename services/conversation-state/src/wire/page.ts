import { invalidField } from '@baton/errors/baton-error.ts';

export const maxPageSize = 250;

/** 0 (not given) is the default of 50. */
export function pageSize(requested: number): number {
  if (requested === 0) return 50;
  if (requested < 0 || requested > maxPageSize) throw invalidField('page_size', `must be from 1 to ${maxPageSize}`);
  return requested;
}
