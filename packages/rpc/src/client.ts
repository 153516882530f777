import {
  type ChannelOptions,
  type Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { fromStatus } from './status.ts';

type Callback<Res> = (error: ServiceError | null, response: Res) => void;
type UnaryMethod<Req, Res> = (request: Req, metadata: Metadata, options: { deadline: Date }, callback: Callback<Res>) => ClientUnaryCall;

type StreamMethod<Req, Part> = (request: Req, metadata: Metadata, options: { deadline: Date }) => ClientReadableStream<Part>;

/** The promise face of a generated client: one method per RPC, each with a deadline. */
export type RpcClient<C> = {
  [K in keyof C as C[K] extends StreamMethod<infer _Req, infer _Part>
    ? K
    : C[K] extends UnaryMethod<infer _Req, infer _Res>
      ? K
      : never]: C[K] extends StreamMethod<infer Req, infer Part>
    ? (request: Req, o: { timeoutMs: number; signal?: AbortSignal }) => AsyncGenerator<Part, void, void>
    : C[K] extends UnaryMethod<infer Req, infer Res>
      ? (request: Req, o?: { timeoutMs?: number; signal?: AbortSignal }) => Promise<Res>
      : never;
} & Disposable;

export interface ClientOptions {
  /** `host:port`, or several with commas: calls go round robin, a dead one is left out. */
  address: string;
  token: string;
  timeoutMs?: number;
  /** false: a call that fails as `unavailable` is not repeated here, but by the caller, who may have to say that it is a repeat. */
  retries?: boolean;
}

const options: ChannelOptions = {
  'grpc.service_config': JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: [
      {
        name: [{}],
        // A connection that drops after the request went out is UNAVAILABLE too, so a call may run twice: every command of ours bears that (command ids, claimants,
        // settled outcomes). Durations with a fraction are misread by grpc-js 1.14 in `timeout`, not here.
        retryPolicy: {
          maxAttempts: 4,
          initialBackoff: '0.05s',
          maxBackoff: '1s',
          backoffMultiplier: 3,
          retryableStatusCodes: ['UNAVAILABLE'],
        },
      },
    ],
  }),
  // The largest page of the native API, 250 messages of the longest text in the longest encoding, still fits.
  'grpc.max_receive_message_length': 64 * 1024 ** 2,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5000,
};

type Constructor<C> = new (address: string, creds: ReturnType<typeof credentials.createInsecure>, options: ChannelOptions) => C;

/**
 * A client of a generated service. Failures reject with a BatonError of the code the server gave, `unavailable` or `timeout`.
 * A `timeout` says nothing about whether the command took effect: repeat it with its command id.
 */
export function createClient<C extends Client>(Service: Constructor<C>, o: ClientOptions): RpcClient<C> {
  const addresses = o.address.split(',').map((one) => one.trim());
  const target = addresses.length === 1 ? addresses[0]! : `ipv4:${addresses.join(',')}`;
  const client = new Service(
    target,
    credentials.createInsecure(),
    o.retries === false ? { ...options, 'grpc.enable_retries': 0 } : options,
  );
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${o.token}`);
  return new Proxy({} as RpcClient<C>, {
    get(_, name) {
      if (name === Symbol.dispose) return () => client.close();
      const method = (client as unknown as Record<PropertyKey, UnaryMethod<unknown, unknown>>)[name];
      if (!method || typeof name !== 'string') return undefined;
      if ('responseStream' in method && method.responseStream) {
        const stream = method as unknown as StreamMethod<unknown, unknown>;
        return (request: unknown, call: { timeoutMs: number; signal?: AbortSignal }) =>
          parts(() => stream.call(client, request, metadata.clone(), { deadline: new Date(Date.now() + call.timeoutMs) }), call.signal);
      }
      return (request: unknown, call: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
        new Promise((resolve, reject) => {
          const deadline = new Date(Date.now() + (call.timeoutMs ?? o.timeoutMs ?? 5000));
          const running = method.call(client, request, metadata.clone(), { deadline }, (error, response) =>
            error ? reject(fromStatus(error)) : resolve(response),
          );
          call.signal?.addEventListener('abort', () => running.cancel(), { once: true });
        });
    },
  });
}

/** Begins with the first part that is asked for; what is not asked for stays with the server. Ends the call when the reader leaves early. */
async function* parts<Part>(open: () => ClientReadableStream<Part>, signal: AbortSignal | undefined): AsyncGenerator<Part, void, void> {
  const call = open();
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    for await (const part of call) yield part as Part;
  } catch (error) {
    throw fromStatus(error as ServiceError);
  } finally {
    signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
}
