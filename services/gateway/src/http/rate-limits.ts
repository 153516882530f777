import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Bucket, type Rate, type Taken, take } from '../domain/token-bucket.ts';

/** Token buckets by name (a key's id, an address). The least recently used are forgotten, which only ever gives somebody a full bucket. */
export class RateLimits {
  readonly #rate: Rate;
  readonly #buckets = new LRUCache<string, Bucket>({ max: 50_000 });

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  take(name: string): Taken {
    const now = performance.now();
    let bucket = this.#buckets.get(name);
    if (!bucket) {
      bucket = { tokens: this.#rate.burst, at: now };
      this.#buckets.set(name, bucket);
    }
    return take(bucket, this.#rate, now);
  }

  /** Whether nothing is left, without taking anything. */
  isExhausted(name: string): boolean {
    const bucket = this.#buckets.get(name);
    if (!bucket) return false;
    return bucket.tokens + ((performance.now() - bucket.at) * this.#rate.perSecond) / 1000 < 1;
  }

  /** Both spellings in use: the three headers that clients know, and the two fields of the current IETF draft. */
  announce(reply: FastifyReply, taken: Taken): void {
    const { burst, perSecond } = this.#rate;
    reply.headers({
      'ratelimit-limit': burst,
      'ratelimit-remaining': taken.remaining,
      'ratelimit-reset': taken.resetSeconds,
      ratelimit: `"default";r=${taken.remaining};t=${taken.resetSeconds}`,
      'ratelimit-policy': `"default";q=${burst};w=${Math.max(1, Math.ceil(burst / perSecond))}`,
    });
  }
}
