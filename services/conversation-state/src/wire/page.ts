import { invalidField } from '@baton/errors/baton-error.ts';

export const maxPageSize = 250;

/** The largest page that one of the contracts we serve asks for. */
export const maxMessagePage = 500;

/** 0 (not given) is the default of 50. */
export function pageSize(requested: number, max = maxPageSize): number {
  if (requested === 0) return 50;
  if (requested < 0 || requested > max) throw invalidField('page_size', `must be from 1 to ${max}`);
  return requested;
}

/** Where a page begins is said once: by a cursor or by an offset. */
export function offsetFromWire(request: { offset?: number | undefined; cursor: string }): { offset?: number } {
  const { offset, cursor } = request;
  if (offset === undefined) return {};
  if (offset < 0) throw invalidField('offset', 'must not be negative');
  if (cursor !== '') throw invalidField('offset', 'can not be given together with a cursor');
  return { offset };
}
