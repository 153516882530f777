/** Pauses between the attempts of one AI turn. */
export const turnRetry = { attempts: 6, firstMs: 500, longestMs: 15_000, shortestAttemptMs: 250 } as const;

export interface NextAttempt {
  /** Attempts made so far, from 1. */
  attempts: number;
  /** What the backend asked for in Retry-After; undefined: nothing. */
  retryAfterMs: number | undefined;
  nowMs: number;
  deadlineMs: number;
  /** From 0 to 1. */
  random: number;
}

/**
 * Milliseconds until the next attempt, or undefined when there is none: attempts used up, or it could not end before the deadline.
 * Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter"), never earlier than Retry-After.
 */
export function nextAttemptIn(n: NextAttempt): number | undefined {
  if (n.attempts >= turnRetry.attempts) return undefined;
  const pause = Math.max(n.retryAfterMs ?? 0, fullJitter(n.attempts, turnRetry.firstMs, turnRetry.longestMs, n.random));
  return n.nowMs + pause + turnRetry.shortestAttemptMs <= n.deadlineMs ? pause : undefined;
}

/** Uniform between 0 and `firstMs` doubled with each attempt, up to `longestMs`. */
export function fullJitter(attempts: number, firstMs: number, longestMs: number, random: number): number {
  return Math.round(random * Math.min(longestMs, firstMs * 2 ** (attempts - 1)));
}

/** Retry-After (RFC 9110 §10.2.3): seconds or a date, as milliseconds from now; undefined when absent or unreadable. */
export function parseRetryAfter(value: string | string[] | undefined, nowMs: number): number | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Math.ceil(Number(text) * 1000);
  // Date.parse makes a date of almost anything, `-5` included; an HTTP date begins with the day's name.
  const at = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** When a message whose provider surely does not have it is tried again: 1 s tripled with every claim up to 5 min, half of it jitter. */
export function requeueIn(claim: number, askedForMs: number, random: number): number {
  const pause = Math.min(300_000, 1000 * 3 ** Math.max(0, claim - 1));
  return Math.round(Math.max(askedForMs, pause / 2 + (random * pause) / 2));
}

/** When a signal that could not be worked on comes again: 1 s doubled with every delivery up to 30 s, half of it jitter. */
export function redeliverIn(deliveries: number, random: number): number {
  const pause = Math.min(30_000, 1000 * 2 ** Math.max(0, deliveries - 1));
  return Math.round(pause / 2 + (random * pause) / 2);
}
