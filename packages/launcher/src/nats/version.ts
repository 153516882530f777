/** The oldest nats-server that can sync a message to disk before it acknowledges it (`sync_interval: always`, new in 2.10.0). */
export const OLDEST_NATS = [2, 10, 0] as const;

export type Version = readonly [major: number, minor: number, patch: number];

/** Reads what `nats-server --version` prints (`nats-server: v2.15.1`); undefined when it is something else. */
export function parseNatsVersion(text: string): Version | undefined {
  const match = /nats-server:?\s+v?(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

/** Whether the server is new enough to keep what it has acknowledged. */
export function isNewEnough(version: Version): boolean {
  for (const [i, least] of OLDEST_NATS.entries()) {
    const part = version[i] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
