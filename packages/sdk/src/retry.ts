import { BatonApiError, BatonConnectionError } from './errors.ts';

export interface RetryPolicy {
  /** Attempts after the first. */
  retries: number;
  /** The first pause is up to so long, each further one up to twice as long as the one before. */
  firstPauseMs: number;
  longestPauseMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { retries: 3, firstPauseMs: 250, longestPauseMs: 8000 };

/** Longer than this nobody waits for a `Retry-After`; the error says how long it would have been. */
const longestRetryAfterSeconds = 60;

/**
 * How long to wait before the same request is sent again; undefined: do not. `repeatable`: the request may take effect twice without harm, because it only
 * reads, names a state, or carries an idempotency key. What was refused before it was looked at (429; 408, which
 * an instance also says that was frozen while a request came in) may always be repeated.
 */
export function pauseBefore(
  attempt: number,
  error: unknown,
  o: { policy: RetryPolicy; repeatable: boolean; chance: number },
): number | undefined {
  if (attempt > o.policy.retries || !mayHelp(error, o.repeatable)) return undefined;
  const wanted = error instanceof BatonApiError ? (error.retryAfterSeconds ?? 0) : 0;
  if (wanted > longestRetryAfterSeconds) return undefined;
  return Math.max(wanted * 1000, backoff(attempt, o.policy, o.chance));
}

/** Full jitter: many clients that lost the same server do not come back at the same moment. */
export function backoff(attempt: number, policy: Pick<RetryPolicy, 'firstPauseMs' | 'longestPauseMs'>, chance: number): number {
  return chance * Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** (attempt - 1));
}

function mayHelp(error: unknown, repeatable: boolean): boolean {
  if (error instanceof BatonConnectionError) return repeatable;
  if (!(error instanceof BatonApiError)) return false;
  if (error.status === 408 || error.status === 429) return true;
  if (!repeatable) return false;
  return error.code === 'idempotency_in_progress' || error.status === 502 || error.status === 503 || error.status === 504;
}

/** Resolves after so long; rejects with the signal's reason as soon as that is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
