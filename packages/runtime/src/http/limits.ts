import type { Server, ServerOptions } from 'node:http';
import type { EnvReader } from '../env.ts';

/** What one caller may take of an HTTP server. Node's own limits are loose: five minutes for a request, 2,000 headers, no bound on connections. */
export interface HttpLimits {
  /** Names and values together; more is 431. */
  headerBytes: number;
  /** More is 431. */
  headerCount: number;
  /** From the first byte of a request to the end of its headers; later is 408. */
  headersTimeoutMs: number;
  /** From the first byte of a request to its last; later is 408. */
  requestTimeoutMs: number;
  /** An unused connection. Longer than load balancers keep theirs (60 s as a rule), so that they close them, not we under a request on its way. */
  keepAliveMs: number;
  /** Nothing went in or out for so long while a request was being worked on: the caller is gone, or takes nothing. */
  idleTimeoutMs: number;
  /** Open connections of one process; one more is closed at once. */
  connections: number;
}

/** Bytes of a request's body, wherever a route does not say otherwise; part of the published API, so no setting. */
export const maxBodyBytes = 1024 * 1024;

/** The limits of a service's public server, as the environment has them. */
export function readHttpLimits(read: EnvReader): HttpLimits {
  const ms = { min: 100, max: 600_000 };
  return {
    headerBytes: read.integer('BATON_HTTP_HEADER_BYTES', 16_384, { min: 4096, max: 262_144 }),
    headerCount: read.integer('BATON_HTTP_HEADER_COUNT', 100, { min: 20, max: 1000 }),
    headersTimeoutMs: read.integer('BATON_HTTP_HEADERS_TIMEOUT_MS', 10_000, ms),
    requestTimeoutMs: read.integer('BATON_REQUEST_TIMEOUT_MS', 30_000, ms),
    keepAliveMs: read.integer('BATON_HTTP_KEEP_ALIVE_MS', 72_000, ms),
    idleTimeoutMs: read.integer('BATON_HTTP_IDLE_TIMEOUT_MS', 120_000, ms),
    connections: read.integer('BATON_HTTP_CONNECTIONS', 20_000, { min: 1, max: 1_000_000 }),
  };
}

/** The limits of a server for health and metrics, which only the installation's own machinery asks. */
export const opsLimits: HttpLimits = {
  headerBytes: 8192,
  headerCount: 50,
  headersTimeoutMs: 5000,
  requestTimeoutMs: 5000,
  keepAliveMs: 72_000,
  idleTimeoutMs: 30_000,
  connections: 100,
};

/** For `http.createServer`. */
export function serverOptions(limits: HttpLimits): ServerOptions {
  const headersTimeout = Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs);
  return {
    maxHeaderSize: limits.headerBytes,
    headersTimeout,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    // Node looks for late requests only so often.
    connectionsCheckingInterval: Math.min(5000, headersTimeout),
  };
}

/** What no option of `createServer` sets. */
export function limitServer(server: Server, limits: HttpLimits): void {
  server.maxConnections = limits.connections;
  server.timeout = limits.idleTimeoutMs;
  server.maxHeadersCount = limits.headerCount;
}
