import { BatonError } from '@baton/errors/baton-error.ts';
import {
  type ClientReadableStream,
  type handleServerStreamingCall,
  makeGenericClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { createClient } from './client.ts';
import { serve } from './serve.ts';
import { type StreamHandler, streaming } from './stream.ts';

type Count = { to: number };
type Part = { n: number; filling: string };

const bytes = {
  serialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  deserialize: (text: Buffer) => JSON.parse(text.toString()),
};
const definition = {
  count: {
    path: '/test.Counting/Count',
    requestStream: false,
    responseStream: true,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  },
} satisfies ServiceDefinition;
type Counting = { count: handleServerStreamingCall<Count, Part> };
interface CountingClient extends InstanceType<ReturnType<typeof makeGenericClientConstructor>> {
  count(request: Count, metadata: object, options: { deadline: Date }): ClientReadableStream<Part>;
}
const CountingClient = makeGenericClientConstructor(definition, 'Counting') as unknown as new (
  ...given: ConstructorParameters<ReturnType<typeof makeGenericClientConstructor>>
) => CountingClient;

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** A server with this handler, a client of it, the faults that were reported, and how the handler ended. */
async function counting(count: StreamHandler<Count, Part>, stallMs = 30_000) {
  const faults: unknown[] = [];
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  ended.catch(() => undefined);
  const watched: StreamHandler<Count, Part> = (request, outlet) => {
    const running = count(request, outlet);
    running.then(resolve, reject);
    return running;
  };
  const implementation = streaming<Counting>({ count: watched }, { stallMs, onFault: (_, error) => faults.push(error) });
  const server = await serve({ host: '127.0.0.1', port: 0, token: 'secret', services: [{ definition, implementation }] });
  const client = createClient(CountingClient, { address: `127.0.0.1:${server.port}`, token: 'secret' });
  open.push(server, { [Symbol.asyncDispose]: async () => client[Symbol.dispose]() });
  return { client, faults, ended };
}

/** More than all buffers on the way hold. */
const large = 'x'.repeat(100_000);
const forEver: StreamHandler<Count, Part> = async (_, outlet) => {
  for (let n = 1; ; n++) await outlet.send({ n, filling: large });
};

async function rest(parts: AsyncGenerator<Part>): Promise<void> {
  for await (const _ of parts);
}

test('parts come in order, no more of them are made than are taken, and the end is an end', async () => {
  let made = 0;
  const { client } = await counting(async ({ to }, outlet) => {
    for (made = 1; made <= to; made++) await outlet.send({ n: made, filling: large });
  });
  let taken = 0;
  let furthest = 0;
  for await (const { n } of client.count({ to: 300 }, { timeoutMs: 30_000 })) {
    expect(n).toBe(++taken);
    furthest = Math.max(furthest, made - taken);
  }
  expect(taken).toBe(300);
  expect(furthest).toBeLessThan(100);
});

test('what goes wrong after the first part is an error with its code, not an end', async () => {
  const { client, faults } = await counting(async (_, outlet) => {
    await outlet.send({ n: 1, filling: '' });
    throw new BatonError('rate_limited', 'Enough.');
  });
  const parts = client.count({ to: 2 }, { timeoutMs: 30_000 });
  expect((await parts.next()).value).toEqual({ n: 1, filling: '' });
  await expect(parts.next()).rejects.toMatchObject({ code: 'rate_limited' });
  expect(faults).toEqual([]);
});

test('a fault is reported, and its text stays here', async () => {
  const { client, faults } = await counting(async () => {
    throw new Error('the password is swordfish');
  });
  await expect(client.count({ to: 1 }, { timeoutMs: 30_000 }).next()).rejects.not.toThrow(/swordfish/);
  expect(faults).toHaveLength(1);
});

test.each([
  ['leaves the loop', async (parts: AsyncGenerator<Part>) => void (await parts.return(undefined))],
  ['aborts', async (_: AsyncGenerator<Part>, abort: () => void) => abort()],
])('the work ends when the reader %s', async (_, leave) => {
  const { client, ended, faults } = await counting(forEver);
  const gone = new AbortController();
  const parts = client.count({ to: 0 }, { timeoutMs: 30_000, signal: gone.signal });
  await parts.next();
  await leave(parts, () => gone.abort());
  await expect(ended).rejects.toMatchObject({ code: 'unavailable' });
  expect(faults).toEqual([]);
});

test('the work ends with the deadline, and the reader is told', async () => {
  const { client, ended } = await counting(forEver);
  const parts = client.count({ to: 0 }, { timeoutMs: 300 });
  await parts.next();
  await expect(ended).rejects.toMatchObject({ code: 'unavailable' });
  await expect(rest(parts)).rejects.toMatchObject({ code: 'timeout' });
});

test('the work ends when the reader takes nothing for too long, and what it has is not the end', async () => {
  const { client, ended } = await counting(forEver, 200);
  const parts = client.count({ to: 0 }, { timeoutMs: 30_000 });
  await parts.next();
  await expect(ended).rejects.toMatchObject({ code: 'timeout' });
  await expect(rest(parts)).rejects.toMatchObject({ code: 'timeout' });
});
