import { timingSafeEqual } from 'node:crypto';
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { toStatus } from './status.ts';

/** One RPC: takes the request, answers or throws a BatonError. `signal` ends when the caller has gone or its deadline has passed. */
export type RpcHandler<Req, Res> = (request: Req, signal: AbortSignal) => Promise<Res>;

/** A handler for every unary RPC of a generated server interface (whose index signature would otherwise swallow the names). */
export type RpcHandlers<S> = {
  [K in keyof S as string extends K ? never : number extends K ? never : K]: S[K] extends handleUnaryCall<infer Req, infer Res>
    ? RpcHandler<Req, Res>
    : never;
};

/** One for all: every call ends with it, also an answered one, and an error made for each costs more than the rest of ending it. */
const callEnded = new DOMException('The caller has its answer, has gone, or its deadline has passed.', 'AbortError');

/** Calls of more than this are refused: a batch stays well below it. */
export const maxMessageBytes = 8 * 1024 ** 2;

/** Turns promise handlers into grpc-js callbacks; errors become statuses in one place, faults are reported through `onFault`. */
export function unary<S>(handlers: RpcHandlers<S>, onFault: (method: string, error: unknown) => void): UntypedServiceImplementation {
  const implementation: UntypedServiceImplementation = {};
  for (const [method, handler] of Object.entries(handlers) as [string, RpcHandler<unknown, unknown>][]) {
    const call: handleUnaryCall<unknown, unknown> = (call, callback) => {
      const gone = new AbortController();
      call.on('cancelled', () => gone.abort(callEnded));
      handler(call.request, gone.signal).then(
        (answer) => callback(null, answer),
        (error: unknown) => {
          const answer = toStatus(error);
          if (answer.code === status.INTERNAL) onFault(method, error);
          callback(answer);
        },
      );
    };
    implementation[method] = call;
  }
  return implementation;
}

/** Serves gRPC with the standard health service; every other call needs the shared token. */
export async function serve(o: {
  host: string;
  port: number;
  token: string;
  services: { definition: ServiceDefinition; implementation: UntypedServiceImplementation }[];
}): Promise<AsyncDisposable & { port: number; health: HealthImplementation }> {
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_concurrent_streams': 1000,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5000,
    interceptors: [requireToken(o.token)],
  });
  for (const { definition, implementation } of o.services) server.addService(definition, implementation);
  const health = new HealthImplementation({ '': 'SERVING' });
  health.addToServer(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${o.host}:${o.port}`, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    port,
    health,
    async [Symbol.asyncDispose]() {
      health.setStatus('', 'NOT_SERVING');
      await Promise.race([
        new Promise<void>((resolve) => server.tryShutdown(() => resolve())),
        new Promise((resolve) => setTimeout(resolve, 3000).unref()),
      ]);
      server.forceShutdown();
    },
  };
}

function requireToken(token: string): ServerInterceptor {
  const expected = Buffer.from(`Bearer ${token}`);
  return (method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, forward) => {
            const [given] = metadata.get('authorization');
            const presented = Buffer.from(String(given ?? ''));
            const known = presented.length === expected.length && timingSafeEqual(presented, expected);
            if (known || method.path.startsWith('/grpc.health.v1.Health/')) forward(metadata);
            else call.sendStatus({ code: status.UNAUTHENTICATED, details: 'unauthorized' });
          },
        }),
    });
}
