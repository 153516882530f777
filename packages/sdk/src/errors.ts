import type { components } from './gen/api.ts';
import type { ErrorCode } from './gen/error-codes.ts';

export type Problem = components['schemas']['Problem'];

/** Baton refused the request or failed at it: an RFC 9457 problem. */
export class BatonApiError extends Error {
  readonly status: number;
  /** Stable, for machines. `unknown` when the answer was none of Baton's: a proxy's, for one. */
  readonly code: ErrorCode | 'unknown';
  readonly detail: string;
  /** The fields that are wrong: JSON pointer into the body, or name of a parameter. */
  readonly errors: NonNullable<Problem['errors']>;
  /** Name it when you ask for help. */
  readonly traceId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(response: { status: number; headers: Headers }, body: unknown) {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
    super(`${response.status} ${problem.code ?? ''} ${problem.detail ?? ''}`.trim());
    this.name = 'BatonApiError';
    this.status = response.status;
    this.code = (problem.code as ErrorCode | undefined) ?? 'unknown';
    this.detail = problem.detail ?? '';
    this.errors = problem.errors ?? [];
    this.traceId = problem.trace_id ?? response.headers.get('x-request-id') ?? undefined;
    this.retryAfterSeconds = secondsOf(response.headers.get('retry-after'));
  }
}

/** No answer came: the network, or the time given to one attempt. `cause` says which. Whether the request took effect is not known. */
export class BatonConnectionError extends Error {
  constructor(cause: unknown) {
    super(`No answer from Baton: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'BatonConnectionError';
  }
}

function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - Date.now()) / 1000);
}
