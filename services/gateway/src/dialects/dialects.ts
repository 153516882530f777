import { booking } from './booking/dialect.ts';
import { crm } from './crm/dialect.ts';
import { desk } from './desk/dialect.ts';
import type { Dialect } from './dialect.ts';
import { partner } from './partner/dialect.ts';

/** Every dialect. What each one serves is in its `routes.ts`. */
export const dialects: readonly Dialect[] = [partner, crm, booking, desk];

/** The dialect that an address belongs to, whether anything is there or not; undefined: the native API. */
export function dialectAt(address: string): Dialect | undefined {
  const name = /^\/dialects\/([a-z]+)(?:[/?]|$)/.exec(address)?.[1];
  return name === undefined ? undefined : dialects.find((one) => one.name === name);
}
