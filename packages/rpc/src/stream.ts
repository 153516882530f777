import { BatonError } from '@baton/errors/baton-error.ts';
import type { handleServerStreamingCall, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { toStatus } from './status.ts';

/** How a handler answers in parts. */
export interface Outlet<Part> {
  /** Resolves once the caller takes more. Rejects when it has gone, its deadline has passed, or it has taken nothing for too long: the work should end then. */
  send(part: Part): Promise<void>;
  signal: AbortSignal;
}

/** One RPC that answers in parts: ends the answer by returning; whatever it throws ends it as an error, never as a complete one. */
export type StreamHandler<Req, Part> = (request: Req, outlet: Outlet<Part>) => Promise<void>;

/** A handler for every server-streaming RPC of a generated server interface. */
export type StreamHandlers<S> = {
  [K in keyof S as string extends K ? never : number extends K ? never : K]: S[K] extends handleServerStreamingCall<infer Req, infer Part>
    ? StreamHandler<Req, Part>
    : never;
};

/** The streaming sister of `unary`. `stallMs`: how long a caller may take nothing before it is given up. */
export function streaming<S>(
  handlers: StreamHandlers<S>,
  o: { stallMs: number; onFault: (method: string, error: unknown) => void },
): UntypedServiceImplementation {
  const implementation: UntypedServiceImplementation = {};
  for (const [method, handler] of Object.entries(handlers) as [string, StreamHandler<unknown, unknown>][]) {
    const handle: handleServerStreamingCall<unknown, unknown> = (call) => {
      const gone = new AbortController();
      call.on('cancelled', () => gone.abort(new BatonError('unavailable', 'The caller has gone.')));
      const send = async (part: unknown) => {
        gone.signal.throwIfAborted();
        if (!call.write(part)) await drained(call, gone.signal, o.stallMs);
      };
      handler(call.request, { send, signal: gone.signal }).then(
        () => call.end(),
        (error: unknown) => {
          if (gone.signal.aborted) return;
          const answer = toStatus(error);
          if (answer.code === status.INTERNAL) o.onFault(method, error);
          call.emit('error', answer);
        },
      );
    };
    implementation[method] = handle;
  }
  return implementation;
}

function drained(call: ServerWritableStream<unknown, unknown>, signal: AbortSignal, stallMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      clearTimeout(timer);
      call.off('drain', flow);
      signal.removeEventListener('abort', abort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const flow = () => settle();
    const abort = () => settle(signal.reason);
    const timer = setTimeout(() => settle(new BatonError('timeout', 'The caller has taken nothing for too long.')), stallMs);
    call.once('drain', flow);
    signal.addEventListener('abort', abort, { once: true });
  });
}
