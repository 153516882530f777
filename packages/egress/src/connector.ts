import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address.ts';
import { EgressError } from './egress-error.ts';

export type Resolve = (hostname: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

const systemResolve: Resolve = (hostname, done) => lookup(hostname, { all: true, verbatim: true }, done);

/**
 * Opens connections only to addresses the policy permits. A literal address never reaches `lookup` (measured: such a guard alone is bypassed by
 * `http://127.0.0.1`), so it is checked before; names are resolved once, checked, and the socket is given exactly the checked addresses, so a second
 * answer of a hostile DNS server is never asked for.
 */
export function guardedConnector(policy: AddressPolicy, o: { connectTimeoutMs: number; resolve?: Resolve }): buildConnector.connector {
  const connect = buildConnector({
    timeout: o.connectTimeoutMs,
    // One plain request at a time per connection keeps "was it sent?" answerable.
    allowH2: false,
    lookup: guardedLookup(policy, o.resolve ?? systemResolve),
  } as buildConnector.BuildOptions);
  return (options, callback) => {
    const host = bareHost(options.hostname);
    const refusal = isIP(host) ? policy.refusal(host) : undefined;
    if (refusal) {
      // Not in this turn of the event loop: undici is still setting the attempt up.
      process.nextTick(callback, refusedAddress(refusal), null);
      return;
    }
    connect({ ...options, hostname: host }, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error) return callback(error, null);
      const reached = socket.remoteAddress;
      const wrong = reached === undefined ? undefined : policy.refusal(reached);
      if (!wrong) return callback(null, socket);
      socket.destroy();
      callback(refusedAddress(wrong), null);
    });
  };
}

/** A plain connection under the same guard, for what is not HTTP. Rejects with EgressError only; the caller ends the socket. */
export function guardedSocket(
  policy: AddressPolicy,
  to: { host: string; port: number; timeoutMs: number },
  resolve: Resolve = systemResolve,
): Promise<Socket> {
  const host = bareHost(to.host);
  const refusal = isIP(host) ? policy.refusal(host) : undefined;
  if (refusal) return Promise.reject(refusedAddress(refusal));
  return new Promise((done, failed) => {
    const socket = connectTcp({ host, port: to.port, lookup: guardedLookup(policy, resolve) });
    const fail = (error: EgressError) => {
      socket.destroy();
      failed(error);
    };
    const timer = setTimeout(
      () => fail(new EgressError('timeout', 'before_request', `no connection within ${to.timeoutMs} ms`)),
      to.timeoutMs,
    );
    const onError = (error: Error & { code?: string }) => {
      clearTimeout(timer);
      fail(
        error instanceof EgressError ? error : new EgressError('connect', 'before_request', error.code ?? 'the connection failed', error),
      );
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      const wrong = socket.remoteAddress === undefined ? undefined : policy.refusal(socket.remoteAddress);
      if (wrong) fail(refusedAddress(wrong));
      else done(socket);
    });
  });
}

function guardedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  return (hostname: string, options: LookupOptions, done) => {
    resolve(hostname, (error, addresses) => {
      if (error) return done(error, '', 0);
      const wanted = addresses.filter((one) => !options.family || options.family === one.family);
      const permitted = wanted.filter((one) => policy.refusal(one.address) === undefined);
      const first = permitted[0];
      if (!first) {
        const kind = wanted[0] ? policy.refusal(wanted[0].address) : undefined;
        return done(kind ? refusedAddress(kind) : new Error('the name has no address'), '', 0);
      }
      if (options.all) return done(null, permitted);
      done(null, first.address, first.family);
    });
  };
}

export function refusedAddress(kind: string): EgressError {
  return new EgressError(
    'refused',
    'before_request',
    `the address may not be reached (${kind}); the operator can allow it in BATON_EGRESS_ALLOW`,
  );
}

/** Without the brackets that a URL puts around an IPv6 address. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
}
