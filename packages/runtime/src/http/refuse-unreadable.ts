import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, errorCodes } from '@baton/errors/codes.ts';

const unreadable: Record<string, [ErrorCode, string]> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request was not sent in time.'],
};

/** For the event `clientError`: what is not even HTTP never reaches an error handler; it gets a problem (RFC 9457) all the same, and the connection ends. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = unreadable[error.code ?? ''] ?? (['malformed_request', 'The request could not be read.'] as const);
  const { http: status, title } = errorCodes[code];
  const traceId = randomBytes(16).toString('hex');
  const body = JSON.stringify({ type: `urn:baton:problem:${code}`, title, status, detail, code, trace_id: traceId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    `x-request-id: ${traceId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
