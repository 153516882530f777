import type { Hub } from '../stream/hub.ts';

export interface Arrival extends Disposable {
  /** Resolves true when the workspace's events have named `word` since the last call (or may have: there was a hole), false at the time limit. */
  next(limit: AbortSignal): Promise<boolean>;
}

/** Listens to a workspace's events for a word that only the awaited one holds. */
export function watchArrival(hub: Hub, workspaceId: string, word: string): Arrival {
  const needles = [Buffer.from(word), Buffer.from('"stream.gap"')];
  let seen = Promise.withResolvers<void>();
  const leave = hub.join({ workspaceId }, undefined, {
    write: (bytes) => needles.some((needle) => bytes.includes(needle)) && seen.resolve(),
    backlog: () => 0,
    drained: async () => true,
    end: () => seen.resolve(),
  });
  return {
    async next(limit) {
      if (limit.aborted) return false;
      const late = Promise.withResolvers<void>();
      limit.addEventListener('abort', () => late.resolve(), { once: true });
      const arrived = await Promise.race([seen.promise.then(() => true), late.promise.then(() => false)]);
      if (arrived) seen = Promise.withResolvers();
      return arrived;
    },
    [Symbol.dispose]: leave,
  };
}
