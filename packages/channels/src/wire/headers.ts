import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from '../provider.ts';

/** A header that may stand once; repeated or missing: empty. */
export function oneHeader(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** A credential as text; missing, empty or of another type: undefined, so that callers fail closed. */
export function credential(credentials: Credentials, name: string): string | undefined {
  const value = credentials[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `Retry-After` in milliseconds where it is a number of seconds (providers here send no dates), else `fallbackMs`; an hour at most. */
export function retryAfterMs(headers: IncomingHttpHeaders, fallbackMs: number): number {
  const seconds = Number(oneHeader(headers, 'retry-after') || Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(Math.ceil(seconds * 1000), 3_600_000) : fallbackMs;
}
