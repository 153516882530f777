import { type ErrorCode, errorCodes } from './codes.ts';

/** One field that is wrong: JSON path (`/agent_id`) and what to do about it. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** A refusal or fault with a code of the public contract. `detail` is for the caller and never holds a customer's text. */
export class BatonError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly problems: FieldProblem[];
  /** When the caller may try again; undefined: no advice. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, detail: string, more: { problems?: FieldProblem[]; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(`${code}: ${detail}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'BatonError';
    this.code = code;
    this.detail = detail;
    this.problems = more.problems ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }

  get httpStatus(): number {
    return errorCodes[this.code].http;
  }
}

/** The refusal for one wrong field. `path` is a JSON pointer into the body or the name of a parameter. */
export function invalidField(path: string, message: string): BatonError {
  return new BatonError('validation_error', `${path}: ${message}`, { problems: [{ path, message }] });
}

/** `what` was not found in this workspace (or exists in another one: the caller must not learn which). */
export function notFound(what: string, id: string): BatonError {
  return new BatonError('not_found', `There is no ${what} ${id} here.`);
}
