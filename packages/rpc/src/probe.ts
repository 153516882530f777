import { type Client, type ClientUnaryCall, type Metadata, makeClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { type ClientOptions, createClient } from './client.ts';

interface HealthClient extends Client {
  check(
    request: { service: string },
    metadata: Metadata,
    options: { deadline: Date },
    callback: (error: ServiceError | null, response: { status: string }) => void,
  ): ClientUnaryCall;
}

/** The standard health question (grpc.health.v1), for the readiness of whoever needs that service. */
export interface HealthProbe extends Disposable {
  /** undefined when it serves, else one sentence. */
  problem(): Promise<string | undefined>;
}

export function openHealthProbe(o: ClientOptions & { name: string }): HealthProbe {
  const Health = makeClientConstructor(service, 'Health') as unknown as Parameters<typeof createClient<HealthClient>>[0];
  const client = createClient<HealthClient>(Health, { ...o, timeoutMs: 1500 });
  return {
    async problem() {
      try {
        const { status } = await client.check({ service: '' });
        return status === 'SERVING' ? undefined : `${o.name} is not serving`;
      } catch {
        return `${o.name} cannot be reached`;
      }
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
