const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Pauses after the first, second, … failed attempt (api.md §6). After the last one a failed attempt is the end. */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  2 * hour,
  6 * hour,
  12 * hour,
];

/** However late a subscriber asks us to come back. */
const longestMs = 24 * hour;

/**
 * Milliseconds until the next attempt, or undefined when there is none. A fifth of jitter on top, so that what failed together does not come back together;
 * never before Retry-After.
 */
export function retryIn(o: {
  /** Failed attempts so far, from 1. */
  attempts: number;
  delaysMs: readonly number[];
  retryAfterMs: number | undefined;
  /** From 0 to 1. */
  random: number;
}): number | undefined {
  const delay = o.delaysMs[o.attempts - 1];
  if (delay === undefined) return undefined;
  return Math.round(Math.max(delay * (1 + o.random / 5), Math.min(o.retryAfterMs ?? 0, longestMs)));
}
