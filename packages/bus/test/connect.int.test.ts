import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net';
import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectBus } from '../src/connect.ts';
import { type Server, startServer } from './server.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** The greeting of a nats-server of that version, which answers pings, or says no. */
async function greeter(
  version: string,
  o: { port?: number; refuse?: boolean } = {},
): Promise<AsyncDisposable & { url: string; greeted(): number }> {
  let greeted = 0;
  const tcp: TcpServer = createServer((socket) => {
    greeted++;
    const info = { server_id: 'X', version, proto: 1, headers: true, jetstream: true, max_payload: 1048576, host: '127.0.0.1', port: 4222 };
    socket.write(`INFO ${JSON.stringify({ ...info, auth_required: o.refuse === true })}\r\n`);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (!bytes.includes('PING')) return;
      socket.write(o.refuse ? "-ERR 'Authorization Violation'\r\n" : 'PONG\r\n');
      if (o.refuse) socket.end();
    });
  });
  tcp.listen(o.port ?? 0, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    url: `nats://127.0.0.1:${(tcp.address() as AddressInfo).port}`,
    greeted: () => greeted,
    async [Symbol.asyncDispose]() {
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

it.each(['2.9.25', '1.4.1'])('a nats-server %s is refused in one sentence that says what is needed and why', async (version) => {
  await using old = await greeter(version);
  await expect(connectBus({ url: old.url, name: 'test' })).rejects.toThrow(
    `nats-server ${version} is too old: Baton needs 2.10 or newer, which can sync to disk before it acknowledges.`,
  );
});

it('refused credentials are not tried again and again', async () => {
  await using strict = await greeter('2.12.0', { refuse: true });
  await expect(connectBus({ url: strict.url, name: 'test' })).rejects.toThrow(/Authorization Violation/i);
  expect(strict.greeted()).toBe(1);
});

it('a server that is not there yet is waited for, until told otherwise', async () => {
  const port = await freePort();
  const told = new AbortController();
  const waiting = connectBus({ url: `nats://127.0.0.1:${port}`, name: 'test', signal: told.signal });
  waiting.catch(() => undefined);
  told.abort(new Error('told to stop'));
  await expect(waiting).rejects.toThrow('told to stop');
  const late = connectBus({ url: `nats://127.0.0.1:${port}`, name: 'test' });
  late.catch(() => undefined);
  await using _old = await greeter('2.9.0', { port });
  await expect(late).rejects.toThrow('too old');
});

it('one of several addresses is enough', async () => {
  await using bus = await connectBus({ url: `nats://127.0.0.1:${await freePort()},${server.nats.url}`, name: 'test' });
  expect(bus.problem()).toBeUndefined();
});

it('says that the server is gone, and that it is back, and never gives up', async () => {
  await using bus = await connectBus({ url: server.nats.url, name: 'test' });
  let ended = false;
  bus.ended.catch(() => {
    ended = true;
  });
  await server.nats.kill9();
  await eventually(() => bus.problem() === 'not connected to NATS');
  await server.nats.restart();
  await eventually(() => bus.problem() === undefined);
  expect(ended).toBe(false);
});

it('has ended when the connection was closed for good, and not when it was given back', async () => {
  const closed = await connectBus({ url: server.nats.url, name: 'test' });
  await closed.nc.close();
  await expect(closed.ended).rejects.toThrow('The connection to NATS was closed.');
  expect(closed.problem()).toBe('not connected to NATS');
  await closed[Symbol.asyncDispose]();
  const given = await connectBus({ url: server.nats.url, name: 'test' });
  await given[Symbol.asyncDispose]();
  await expect(given.ended).resolves.toBeUndefined();
});

it('can be given back while the server is away', async () => {
  const bus = await connectBus({ url: server.nats.url, name: 'test' });
  await server.nats.kill9();
  await eventually(() => bus.problem() !== undefined);
  await bus[Symbol.asyncDispose]();
  await server.nats.restart();
});
