import { uuidOfId } from '@baton/contracts/ids.ts';

/** Whether a channel account's id was made within the last ten seconds: its directory entry may still be on its way. */
export function isYoungAccountId(id: string, now: number): boolean {
  const uuid = uuidOfId('channelAccount', id);
  if (uuid === undefined) return false;
  // A UUIDv7 begins with 48 bits of milliseconds. Clocks differ a little.
  const age = now - Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  return age < 10_000 && age > -10_000;
}
