import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { EgressError } from './egress-error.ts';
import { describe, parseTarget } from './target.ts';

export interface ReadingRequest {
  /** http or https, without user information. */
  url: string;
  headers: Record<string, string>;
  /** For all of it: waiting for a connection, connecting, headers, and a body that is read as fast as it comes or as slowly as it is taken. */
  timeoutMs: number;
  /** Bytes of the body; a longer one fails as `too_large`, before it begins where its length is told. */
  maxBytes: number;
  signal?: AbortSignal;
}

/** An answer whose body is taken as it comes: what is not taken waits at the other end. */
export interface Reading {
  status: number;
  headers: IncomingHttpHeaders;
  /** Throws EgressError only. Leaving it early ends the connection. */
  body: AsyncIterable<Buffer>;
  /** For a body that nobody wants. */
  drop(): void;
}

/** One GET over the guarded agent. Rejects with EgressError only. */
export async function read(agent: Dispatcher, request: ReadingRequest): Promise<Reading> {
  const target = parseTarget(request.url);
  if (target instanceof EgressError) throw target;
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(new EgressError('timeout', 'after_request', late(request))), request.timeoutMs);
  const gone = () => ended.abort(new EgressError('aborted', 'after_request', 'the call was cut off'));
  request.signal?.addEventListener('abort', gone, { once: true });
  if (request.signal?.aborted) gone();
  const close = () => {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', gone);
  };
  try {
    const answer = await agent.request({
      origin: target.origin,
      path: target.pathname + target.search,
      method: 'GET',
      headers: request.headers,
      signal: ended.signal,
    });
    const drop = () => {
      close();
      answer.body.on('error', () => undefined).destroy();
    };
    if (Number(answer.headers['content-length'] ?? 0) > request.maxBytes) {
      drop();
      throw tooLarge(request);
    }
    return { status: answer.statusCode, headers: answer.headers, body: bodyOf(answer.body, request, close), drop };
  } catch (error) {
    close();
    throw asEgressError(error, 'connect');
  }
}

async function* bodyOf(body: AsyncIterable<Buffer>, request: ReadingRequest, close: () => void): AsyncGenerator<Buffer, void, void> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > request.maxBytes) throw tooLarge(request);
      yield chunk;
    }
  } catch (error) {
    throw asEgressError(error, 'broken');
  } finally {
    close();
  }
}

const late = (request: ReadingRequest) => `no whole answer within ${request.timeoutMs} ms`;
const tooLarge = (request: ReadingRequest) =>
  new EgressError('too_large', 'after_request', `the answer is larger than ${request.maxBytes} bytes`);

function asEgressError(error: unknown, fault: 'connect' | 'broken'): EgressError {
  if (error instanceof EgressError) return error;
  // What an abort was for.
  if (error instanceof Error && error.cause instanceof EgressError) return error.cause;
  return new EgressError(fault, fault === 'connect' ? 'before_request' : 'after_request', describe(error), error);
}
