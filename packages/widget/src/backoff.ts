/** Milliseconds before the next try: doubling from a second to half a minute, a random half of it left out so that not everybody comes back at once. */
export function pauseFor(failures: number, random: number): number {
  return Math.min(30_000, 1000 * 2 ** Math.min(failures, 5)) * (0.5 + random / 2);
}
