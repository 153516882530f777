import { setTimeout as delay } from 'node:timers/promises';
import { inboxPrefixOf } from '@baton/contracts/bus-rights.ts';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import {
  AuthorizationError,
  type ConnectionOptions,
  connect,
  type NatsConnection,
  PermissionViolationError,
} from '@nats-io/transport-node';
import type { Logger } from 'pino';

/** One connection to NATS with what Baton uses of it. */
export interface Bus extends AsyncDisposable {
  nc: NatsConnection;
  js: JetStreamClient;
  jsm: JetStreamManager;
  /** Where answers come; undefined: where everybody's do. */
  inboxPrefix: string | undefined;
  /** undefined while connected, else one sentence (for readiness). */
  problem(): string | undefined;
  /** Whether the server that answers now takes several messages as one, stored with one sync of the disk (nats-server 2.12 and newer). */
  storesBatches(): boolean;
  /** Rejects when the connection has ended for good: the process should stop then, and be started anew. */
  ended: Promise<void>;
}

export interface BusOptions {
  /** `nats://<user>:<password>@<host>:<port>`; `tls://` insists on TLS. Several with commas. */
  url: string;
  name: string;
  /** Told of what the server did not let us do: without it that looks like an answer that never comes. */
  logger?: Logger;
  signal?: AbortSignal;
}

/** The oldest nats-server that can sync a message to disk before it acknowledges it. */
export const oldestServer = [2, 10] as const;

/**
 * Connects and waits for the server until `signal` fires; throws then, and when the server is older than 2.10. `url` may be a comma-separated list.
 */
export async function connectBus(o: BusOptions): Promise<Bus> {
  const nc = await firstConnection(o);
  const version = nc.info?.version ?? '0';
  if (!isAtLeast(version, oldestServer)) {
    await nc.close();
    throw new Error(
      `nats-server ${version} is too old: Baton needs ${oldestServer.join('.')} or newer, which can sync to disk before it acknowledges.`,
    );
  }
  let connected = true;
  void (async () => {
    for await (const change of nc.status()) {
      if (change.type === 'disconnect' || change.type === 'staleConnection') connected = false;
      if (change.type === 'reconnect') connected = true;
      if (change.type === 'error' && change.error instanceof PermissionViolationError) {
        const { operation, subject } = change.error;
        o.logger?.error({ operation, subject }, 'NATS does not let this user do that (packages/contracts/src/bus-rights.ts)');
      }
    }
  })();
  let disposing = false;
  const ended = nc.closed().then((error) => {
    connected = false;
    if (!disposing) throw error ?? new Error('The connection to NATS was closed.');
  });
  ended.catch(() => undefined);
  return {
    nc,
    js: jetstream(nc, { timeout: 5000 }),
    jsm: await jetstreamManager(nc, { timeout: 5000 }),
    inboxPrefix: serverOptions(o.url).inboxPrefix,
    problem: () => (connected ? undefined : 'not connected to NATS'),
    storesBatches: () => isAtLeast(nc.info?.version ?? '0', [2, 12]),
    ended,
    async [Symbol.asyncDispose]() {
      disposing = true;
      // Draining waits for the server; a dead server must not hold up our own end.
      await Promise.race([nc.drain().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
      await nc.close();
    },
  };
}

function isAtLeast(version: string, [floorMajor, floorMinor]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > floorMajor || (major === floorMajor && minor >= floorMinor);
}

/** The client's own waiting for a first connection cannot be ended, so a service told to stop would hang: hence a loop. */
async function firstConnection(o: BusOptions): Promise<NatsConnection> {
  for (;;) {
    o.signal?.throwIfAborted();
    try {
      return await open(o);
    } catch (error) {
      // Refused credentials stay refused; everything else may be a server that is still starting.
      if (error instanceof AuthorizationError) throw error;
      await delay(250);
    }
  }
}

/**
 * What the client needs of a URL: it takes no user from it by itself. A user hears its own answers alone (`_INBOX.<user>`), as it may not hear the others'.
 *
 * @throws when one of the URLs is none
 */
export function serverOptions(url: string): ConnectionOptions {
  const urls = url.split(',').map((one) => new URL(one.includes('://') ? one : `nats://${one}`));
  const known = urls.find(({ username }) => username !== '');
  return {
    servers: urls.map(({ host }) => host),
    ...(known && {
      user: decodeURIComponent(known.username),
      pass: decodeURIComponent(known.password),
      inboxPrefix: inboxPrefixOf(decodeURIComponent(known.username)),
    }),
    // Without this a server, or who stands in its place, decides whether there is TLS.
    ...(urls.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
  };
}

function open(o: BusOptions): Promise<NatsConnection> {
  return connect({
    ...serverOptions(o.url),
    name: o.name,
    // The client's default gives up for good after ten attempts and notices a dead link only after minutes.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 5000,
    maxPingOut: 2,
    timeout: 5000,
    // Collecting a stack trace per request halves the publish rate (measured: 21.9k → 46.0k a second).
    noAsyncTraces: true,
  });
}
