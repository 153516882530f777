import createClient from 'openapi-fetch';
import { BatonApiError, BatonConnectionError } from './errors.ts';
import type { CallOptions } from './operations.ts';
import { pause, pauseBefore, type RetryPolicy } from './retry.ts';

export interface TransportOptions {
  baseUrl: string;
  headers: Record<string, string>;
  fetch: (request: Request) => Promise<Response>;
  timeoutMs: number;
  retry: RetryPolicy;
}

export interface Asked {
  method: string;
  path: string;
  /** The answer's body is handed over as it comes. */
  raw?: boolean;
  input?: { path?: object; query?: object; headers?: object; body?: unknown };
}

const repeatable: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE', 'POST']);

/** Sends requests: credentials, idempotency keys, time limits, and what may be repeated is repeated. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #client: ReturnType<typeof createClient>;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#client = createClient({ baseUrl: options.baseUrl, headers: options.headers, fetch: options.fetch });
  }

  /** The answer's JSON, or with `raw` the response. Throws BatonApiError, BatonConnectionError, or the signal's reason. */
  async call(asked: Asked, options: CallOptions = {}): Promise<unknown> {
    // One key for all attempts: that is what makes a POST repeatable.
    const headers = { ...asked.input?.headers, ...(asked.method === 'POST' && { 'idempotency-key': keyFor(asked, options) }) };
    const sent: Asked = { ...asked, input: { ...asked.input, headers } };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(sent, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        const wait = pauseBefore(attempt, error, {
          policy: this.#options.retry,
          repeatable: repeatable.has(asked.method),
          chance: Math.random(),
        });
        if (wait === undefined) throw error;
        await pause(wait, options.signal);
      }
    }
  }

  /** One attempt. The time limit ends with the head of a raw answer: its body may take as long as it takes. */
  async once(asked: Asked, options: CallOptions = {}): Promise<unknown> {
    const limit = new AbortController();
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const timer = setTimeout(() => limit.abort(new Error(`nothing came within ${timeoutMs} ms`)), timeoutMs);
    try {
      const { response, data, error } = await this.#send(
        asked,
        options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal,
      );
      if (!response.ok) throw new BatonApiError(response, error);
      return asked.raw ? response : data;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error instanceof BatonApiError ? error : new BatonConnectionError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #send({ method, path, raw, input }: Asked, signal: AbortSignal): Promise<{ response: Response; data?: unknown; error?: unknown }> {
    const init = {
      params: { path: input?.path, query: input?.query, header: input?.headers },
      ...(input?.body !== undefined && { body: input.body }),
      parseAs: raw ? 'stream' : 'json',
      signal,
    };
    // The types of the table and of the inputs have been checked where the method was called.
    return await this.#client.request(method.toLowerCase() as never, path as never, init as never);
  }
}

function keyFor(asked: Asked, options: CallOptions): string {
  const given = (asked.input?.headers as Record<string, string> | undefined)?.['idempotency-key'];
  return options.idempotencyKey ?? given ?? randomKey();
}

/** Not `randomUUID`, which browsers have on https alone. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
