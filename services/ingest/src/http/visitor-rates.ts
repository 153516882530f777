import type { Rate } from '@baton/channels/capabilities.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  at: number;
}

export interface VisitorRates {
  /** Counts one request under this name (a visitor, an account); throws 429 when it is one too many. By address nobody is counted: whole companies share one. */
  take(name: string, rate: Rate): void;
}

/** Kept in memory, per process. The least recently seen are forgotten, which only ever gives somebody a full bucket. */
export function createVisitorRates(now: () => number = () => performance.now()): VisitorRates {
  const buckets = new LRUCache<string, Bucket>({ max: 50_000 });
  return {
    take(name, { messages, seconds, burst }) {
      const at = now();
      const bucket = buckets.get(name) ?? { tokens: burst, at };
      const perMs = messages / seconds / 1000;
      bucket.tokens = Math.min(burst, bucket.tokens + (at - bucket.at) * perMs);
      bucket.at = at;
      buckets.set(name, bucket);
      if (bucket.tokens < 1) {
        const retryAfterSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
        throw new BatonError('rate_limited', 'Too many requests; try again later.', { retryAfterSeconds });
      }
      bucket.tokens -= 1;
    },
  };
}
