import { headers, type NatsConnection, type Status } from '@nats-io/transport-node';
import { expect, test, vi } from 'vitest';
import type { Bus } from './connect.ts';
import { Pipeline } from './pipeline.ts';

test('what is given up because the connection broke in the same turn is not handed to the client, which would send it over the next one', async () => {
  const broken = Promise.withResolvers<Status>();
  async function* status(): AsyncGenerator<Status> {
    yield await broken.promise;
    await new Promise(() => undefined);
  }
  const publish = vi.fn();
  // The client's part in this can't be made to happen in this order.
  const nc = { options: {}, status, subscribe: vi.fn(), publish } as unknown as NatsConnection;
  const pipeline = Pipeline.of({ nc, inboxPrefix: undefined, problem: () => undefined } as Bus);
  const publishing = pipeline.publish({ subject: 'a', data: 'b', headers: headers(), timeoutMs: 1000 });
  broken.resolve({ type: 'disconnect', server: 'there' });
  await expect(publishing).rejects.toThrow('the connection to NATS broke');
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(publish).not.toHaveBeenCalled();
});
