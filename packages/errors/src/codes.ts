import { status } from '@grpc/grpc-js';

interface CodeEntry {
  grpc: status;
  http: number;
  title: string;
}

/**
 * Everything that can go wrong, by name: the one table that maps a code to gRPC and HTTP.
 * The code is part of the public contract (`code` in problem+json); titles are for people.
 */
export const errorCodes = {
  validation_error: { grpc: status.INVALID_ARGUMENT, http: 400, title: 'The request is not valid' },
  malformed_request: { grpc: status.INVALID_ARGUMENT, http: 400, title: 'The request could not be read' },
  invalid_page_token: { grpc: status.INVALID_ARGUMENT, http: 400, title: 'The page token is not valid' },
  unauthorized: { grpc: status.UNAUTHENTICATED, http: 401, title: 'No valid credentials' },
  invalid_signature: { grpc: status.UNAUTHENTICATED, http: 401, title: 'The signature does not match' },
  forbidden: { grpc: status.PERMISSION_DENIED, http: 403, title: 'Not allowed with this key' },
  not_found: { grpc: status.NOT_FOUND, http: 404, title: 'Not found' },
  method_not_allowed: { grpc: status.UNIMPLEMENTED, http: 405, title: 'Method not allowed' },
  request_timeout: { grpc: status.DEADLINE_EXCEEDED, http: 408, title: 'The request was not sent in time' },
  conversation_closed: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'The conversation is closed' },
  conflict: { grpc: status.ABORTED, http: 409, title: 'Conflict with the present state' },
  in_use: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'It is in use' },
  last_admin_key: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'It is the last key with the scope admin' },
  last_owner: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'It is the last owner' },
  idempotency_in_progress: { grpc: status.ABORTED, http: 409, title: 'A request with this idempotency key is still running' },
  dispatch_settled: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'The dispatch has already been settled' },
  suggestion_settled: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'The suggestion has been sent or dropped' },
  suggestion_stale: { grpc: status.FAILED_PRECONDITION, http: 409, title: 'The suggestion may not fit any more' },
  epoch_mismatch: { grpc: status.FAILED_PRECONDITION, http: 412, title: 'The conversation has changed' },
  payload_too_large: { grpc: status.RESOURCE_EXHAUSTED, http: 413, title: 'The body is too large' },
  unsupported_media_type: { grpc: status.INVALID_ARGUMENT, http: 415, title: 'The content type is not supported' },
  idempotency_mismatch: { grpc: status.FAILED_PRECONDITION, http: 422, title: 'The idempotency key was used with another request' },
  window_expired: { grpc: status.FAILED_PRECONDITION, http: 422, title: 'The WhatsApp window has closed' },
  content_unsupported: { grpc: status.FAILED_PRECONDITION, http: 422, title: 'The channel cannot carry this message' },
  recipient_opted_out: { grpc: status.FAILED_PRECONDITION, http: 422, title: 'The recipient has opted out' },
  channel_unavailable: { grpc: status.FAILED_PRECONDITION, http: 422, title: 'No channel account can send this' },
  egress_refused: { grpc: status.FAILED_PRECONDITION, http: 422, title: 'The address may not be reached' },
  rate_limited: { grpc: status.RESOURCE_EXHAUSTED, http: 429, title: 'Too many requests' },
  headers_too_large: { grpc: status.INVALID_ARGUMENT, http: 431, title: 'The headers are too large' },
  internal: { grpc: status.INTERNAL, http: 500, title: 'Something failed inside Baton' },
  attachment_unavailable: { grpc: status.FAILED_PRECONDITION, http: 502, title: 'The file cannot be had' },
  unavailable: { grpc: status.UNAVAILABLE, http: 503, title: 'Baton cannot do this right now' },
  timeout: { grpc: status.DEADLINE_EXCEEDED, http: 504, title: 'Baton did not answer in time' },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
