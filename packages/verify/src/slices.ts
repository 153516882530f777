import { setTimeout as delay } from 'node:timers/promises';
import type { Query } from './invariants/invariant.ts';

const canceled = '57014';

/** The query of somebody who holds up nobody: after each statement the server rests for as long as it worked. */
export function unhurried(query: Query, signal: AbortSignal): Query {
  return async (sql, values) => {
    signal.throwIfAborted();
    const began = performance.now();
    try {
      return await query(sql, values);
    } finally {
      if (!signal.aborted) await delay(performance.now() - began, undefined, { signal }).catch(() => undefined);
    }
  };
}

/** Hands out everything in slices; one that takes the server too long is halved, down to a single one. */
export async function inSlices<T>(all: readonly T[], size: number, work: (slice: readonly T[]) => Promise<void>): Promise<void> {
  for (let from = 0, take = size; from < all.length; ) {
    const slice = all.slice(from, from + take);
    try {
      await work(slice);
      from += slice.length;
    } catch (error) {
      if ((error as { code?: unknown }).code !== canceled || slice.length === 1) throw error;
      take = Math.ceil(slice.length / 2);
    }
  }
}
