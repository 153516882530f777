import { type Dispatcher, Pool } from 'undici';
import type { Prepared } from './messages.ts';

/** Posts prepared messages. */
export interface Poster extends AsyncDisposable {
  /** `done` hears the status, or undefined when there was no answer. */
  post(message: Prepared, done: (status: number | undefined) => void): void;
}

/**
 * Over undici's `dispatch`, its cheapest face: no promise, no body stream. `connections` is also how many requests are under way at most;
 * what exceeds it waits in the pool, as it would at a provider.
 */
export function openPoster(origin: string, connections: number): Poster {
  const pool = new Pool(origin, { connections, pipelining: 1, keepAliveTimeout: 120_000, headersTimeout: 30_000, bodyTimeout: 30_000 });
  return {
    post(message, done) {
      let status: number | undefined;
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => undefined,
        onResponseStart(_controller, code) {
          status = code;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => done(status),
        onResponseError: () => done(undefined),
      };
      pool.dispatch({ method: 'POST', path: message.path, headers: message.headers, body: message.body }, handler);
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy();
    },
  };
}
