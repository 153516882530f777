/** How fast a bucket fills, and how much it holds. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Tokens at a moment (milliseconds). */
export interface Bucket {
  tokens: number;
  at: number;
}

export interface Taken {
  allowed: boolean;
  /** Whole tokens left. */
  remaining: number;
  /** Seconds until the bucket is full again. */
  resetSeconds: number;
  /** Seconds until one token is there; 0 when allowed. */
  retryAfterSeconds: number;
}

/** Takes one token if there is one; `bucket` is changed in place. */
export function take(bucket: Bucket, rate: Rate, now: number): Taken {
  // A clock that steps back must not empty the bucket.
  const elapsed = Math.max(0, now - bucket.at);
  bucket.tokens = Math.min(rate.burst, bucket.tokens + (elapsed * rate.perSecond) / 1000);
  bucket.at = now;
  const allowed = bucket.tokens >= 1;
  if (allowed) bucket.tokens -= 1;
  return {
    allowed,
    remaining: Math.floor(bucket.tokens),
    resetSeconds: Math.ceil((rate.burst - bucket.tokens) / rate.perSecond),
    retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / rate.perSecond)),
  };
}
