import { BatonError } from '@baton/errors/baton-error.ts';
import { type ErrorCode, errorCodes } from '@baton/errors/codes.ts';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { FastifyReply } from 'fastify';

/** Any error as one of the contract: fastify's own (body too large, broken content length, bad URL) by their status, the rest as a fault. */
export function toBatonError(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return new BatonError('payload_too_large', 'The body may have 1 MiB at most, a mail 36 MiB.', { cause: error });
  if (status === 415) return new BatonError('unsupported_media_type', 'The content type is not supported.', { cause: error });
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new BatonError('malformed_request', 'The request could not be read.', { cause: error });
  }
  return new BatonError('internal', 'Something failed inside Baton.', { cause: error });
}

/** RFC 9457, as api.md §2 has it. */
export function sendProblem(reply: FastifyReply, error: BatonError): FastifyReply {
  const entry = errorCodes[error.code];
  const span = trace.getActiveSpan()?.spanContext();
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
  return reply
    .code(entry.http)
    .header('content-type', 'application/problem+json')
    .send(
      JSON.stringify({
        type: typeOf(error.code),
        title: entry.title,
        status: entry.http,
        detail: error.detail,
        code: error.code,
        trace_id: span && isSpanContextValid(span) ? span.traceId : null,
        ...(error.problems.length > 0 && { errors: error.problems }),
      }),
    );
}

function typeOf(code: ErrorCode): string {
  return `urn:baton:problem:${code}`;
}
