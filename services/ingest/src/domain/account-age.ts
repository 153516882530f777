import { uuidOfId } from '@baton/contracts/ids.ts';

/** ms since a channel account's id was made, below 0 where clocks differ; undefined for what is no such id, or one that claims to be made later than a minute from now. */
export function ageOfAccountId(id: string, now: number): number | undefined {
  const uuid = uuidOfId('channelAccount', id);
  if (uuid === undefined) return undefined;
  // A UUIDv7 begins with 48 bits of milliseconds.
  const age = now - Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  return age > -60_000 ? age : undefined;
}
