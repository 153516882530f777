import { BatonError } from '@baton/errors/baton-error.ts';
import { type ErrorCode, errorCodes } from '@baton/errors/codes.ts';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import { dialectAt } from '../dialects/dialects.ts';

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  trace_id: string;
  errors?: { path: string; message: string }[];
}

export const problemType = 'application/problem+json; charset=utf-8';
const plainJson = 'application/json; charset=utf-8';

/** What the framework itself refuses, by its error code. */
const frameworkCodes: Record<string, [ErrorCode, string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body may hold at most 1 MiB.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed_request', 'The body is not as long as Content-Length says.'],
  FST_ERR_BAD_URL: ['malformed_request', 'The path is not properly encoded.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed_request', 'The body is not valid JSON.'],
  FST_ERR_HANDLER_TIMEOUT: ['timeout', 'The request took too long.'],
};

/** Anything thrown, as a refusal of the public contract. What is nobody's fault outside is `internal` and says nothing of its cause. */
export function asRefusal(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  const known = frameworkCodes[code ?? ''];
  if (known) return new BatonError(known[0], known[1], { cause: error });
  if (isOutage(code, message))
    return new BatonError('unavailable', 'Baton cannot reach its database right now.', { retryAfterSeconds: 2, cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new BatonError('malformed_request', 'The request could not be read.', { cause: error });
  return new BatonError('internal', 'Something failed inside Baton.', { cause: error });
}

// SQLSTATE classes: connection exceptions, resources exhausted, the operator stepped in, and (a schema that is not there yet) undefined objects.
const outageStates = /^(?:08|53|57)...$|^(?:3F000|42P01|42883)$/;
const outageCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE', 'EAI_AGAIN']);

function isOutage(code: string | undefined, message: string | undefined): boolean {
  if (code !== undefined && (outageStates.test(code) || outageCodes.has(code))) return true;
  return /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(message ?? '');
}

/** What is answered when something went wrong: a problem, or what the dialect at that address has in its place. */
export function refusalAnswer(refusal: BatonError, request: FastifyRequest): { type: string; body: object } {
  const dialect = dialectAt(request.url);
  return dialect ? { type: plainJson, body: dialect.errorBody(refusal) } : { type: problemType, body: problemOf(refusal, request) };
}

function problemOf(refusal: BatonError, request: FastifyRequest): Problem {
  return {
    type: `urn:baton:problem:${refusal.code}`,
    title: errorCodes[refusal.code].title,
    status: refusal.httpStatus,
    detail: refusal.detail,
    code: refusal.code,
    trace_id: traceId(request),
    ...(refusal.problems.length > 0 && { errors: refusal.problems }),
  };
}

/** The running trace, or the request's own id where nothing is traced: either is found in the logs. */
function traceId(request: FastifyRequest): string {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span.traceId : request.id;
}
