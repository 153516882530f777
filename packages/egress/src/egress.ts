import type { IncomingHttpHeaders } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { addressPolicy } from './address.ts';
import { bareHost, guardedConnector, guardedSocket, type Resolve, refusedAddress } from './connector.ts';
import { EgressError } from './egress-error.ts';
import { type Reading, type ReadingRequest, read } from './reading.ts';
import { describe, parseTarget } from './target.ts';

export interface EgressOptions {
  /** CIDR ranges that may be reached besides public addresses (`BATON_EGRESS_ALLOW`). */
  allow: string[];
  /** Connections per origin; what comes beyond waits, within its own time limit. */
  connectionsPerOrigin: number;
  connectTimeoutMs?: number;
  /** Origins with open connections at once; idle ones are let go first by their keep-alive. */
  maxOrigins?: number;
  /** Name resolution, replaced in tests of the guard. */
  resolve?: Resolve;
}

export interface EgressRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http or https, without user information. */
  url: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** For all of it: waiting for a connection, connecting, sending, headers, body. */
  timeoutMs: number;
  /** Bytes of the answer's body; a longer one is cut off and fails as `too_large`. */
  maxBytes: number;
  /** Where the body hardly matters: a longer one is cut off there and is an answer all the same. */
  truncate?: true;
  signal?: AbortSignal;
  /**
   * For bodies that are read as they come: told each part. `keep`: it belongs to the answer's body; `seen`: it need not be kept; `enough`: nor need what
   * follows, the connection is cut and the answer complete. Must not throw.
   */
  onData?: (chunk: Buffer, at: Pick<EgressAnswer, 'status' | 'headers'>) => 'keep' | 'seen' | 'enough';
}

export interface EgressAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The one way out. Redirects are answers like any other: following one could lead where the guard would not let us. */
export interface Egress extends AsyncDisposable {
  /** Rejects with EgressError only. */
  request(request: EgressRequest): Promise<EgressAnswer>;
  /** GET of something large, whose body is passed on as it comes. Rejects with EgressError only. */
  read(request: ReadingRequest): Promise<Reading>;
  /** Why a URL could never be asked (scheme, user information, a literal address that is not permitted), or undefined. A name is only judged at connect. */
  refusal(url: string): string | undefined;
  /** A connection for what is not HTTP (mail), to an address that passed the same guard. Rejects with EgressError only; the caller ends the socket. */
  connect(to: { host: string; port: number; timeoutMs: number }): Promise<Socket>;
}

/** Keep-alive pools per origin behind the address guard. Throws when a range in `allow` is malformed. */
export function openEgress(o: EgressOptions): Egress {
  const policy = addressPolicy(o.allow);
  const connect = guardedConnector(policy, {
    connectTimeoutMs: o.connectTimeoutMs ?? 5000,
    ...(o.resolve && { resolve: o.resolve }),
  });
  const agent = new Agent({
    connect,
    connections: o.connectionsPerOrigin,
    pipelining: 1,
    // The call's own limit covers both; undici's would be two more timers.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 60_000,
    maxOrigins: o.maxOrigins ?? 10_000,
  });
  return {
    request: (request) => new Promise((resolve, reject) => start(agent, request, resolve, reject)),
    read: (request) => read(agent, request),
    refusal(text) {
      const target = parseTarget(text);
      if (target instanceof EgressError) return target.message;
      const host = bareHost(target.hostname);
      const kind = isIP(host) ? policy.refusal(host) : undefined;
      return kind && refusedAddress(kind).message;
    },
    connect: (to) => guardedSocket(policy, to, o.resolve),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function start(agent: Agent, request: EgressRequest, resolve: (answer: EgressAnswer) => void, reject: (error: EgressError) => void): void {
  const target = parseTarget(request.url);
  if (target instanceof EgressError) {
    reject(target);
    return;
  }
  const call = new Call(request, resolve, reject);
  if (request.signal?.aborted) {
    call.stop('aborted', 'the call was cut off');
    return;
  }
  try {
    agent.dispatch(
      {
        origin: target.origin,
        path: target.pathname + target.search,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
      },
      call,
    );
  } catch (error) {
    call.fail(error);
  }
}

/** One exchange. undici calls `onRequestStart` right before the first byte of the request is written to a connected socket. */
class Call implements Dispatcher.DispatchHandler {
  readonly #request: EgressRequest;
  readonly #resolve: (answer: EgressAnswer) => void;
  readonly #reject: (error: EgressError) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.stop('aborted', 'the call was cut off');
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(request: EgressRequest, resolve: (answer: EgressAnswer) => void, reject: (error: EgressError) => void) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.stop('timeout', `no whole answer within ${request.timeoutMs} ms`), request.timeoutMs);
    request.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: aborting here keeps it from being written at all.
    if (this.#settled) controller.abort(new Error('given up'));
    this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (!this.#request.truncate && Number(headers['content-length'] ?? 0) > this.#request.maxBytes) this.#tooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // What was under way when the call was given up.
    if (this.#settled) return;
    this.#bytes += chunk.length;
    const over = this.#bytes - this.#request.maxBytes;
    const wish = over <= 0 ? this.#request.onData?.(chunk, { status: this.#status, headers: this.#headers }) : undefined;
    if (wish === 'seen') return;
    if (wish === 'enough') {
      this.onResponseEnd();
      this.#controller?.abort(new Error('enough of the answer'));
      return;
    }
    if (over <= 0) this.#chunks.push(chunk);
    else if (!this.#request.truncate) this.#tooLarge();
    else {
      this.#chunks.push(chunk.subarray(0, chunk.length - over));
      this.onResponseEnd();
      this.#controller?.abort(new Error('enough of the answer'));
    }
  }

  onResponseEnd(): void {
    if (!this.#settle()) return;
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** Gives up by our own decision. */
  stop(fault: 'timeout' | 'aborted' | 'too_large', detail: string): void {
    if (!this.#settle()) return;
    const error = new EgressError(fault, this.#phase(), detail);
    this.#reject(error);
    this.#controller?.abort(error);
  }

  /** Gives up because of what happened to the connection. */
  fail(error: unknown): void {
    if (!this.#settle()) return;
    const phase = this.#phase();
    const fault = phase === 'before_request' ? 'connect' : 'broken';
    this.#reject(error instanceof EgressError ? error : new EgressError(fault, phase, describe(error), error));
  }

  #tooLarge(): void {
    this.stop('too_large', `the answer is larger than ${this.#request.maxBytes} bytes`);
  }

  #phase(): 'before_request' | 'after_request' {
    return this.#controller ? 'after_request' : 'before_request';
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}
