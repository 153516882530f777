import { JetStreamApiError, RetentionPolicy } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publish } from '../src/publish.ts';
import { declareStreams, defaultStreamSettings, ensureStream } from '../src/streams.ts';
import { type Server, startServer } from './server.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

it('the streams may be declared by everybody at once, and again', async () => {
  const other = await server.connect();
  await Promise.all([server.bus, other, server.bus, other].map((bus) => declareStreams(bus, defaultStreamSettings)));
  await declareStreams(other, defaultStreamSettings);
  const inbound = await server.bus.jsm.streams.info('INBOUND');
  expect(inbound.config).toMatchObject({ retention: 'limits', discard: 'new', max_bytes: defaultStreamSettings.inboundMaxBytes });
  expect((await server.bus.jsm.streams.info('EVENTS')).config).toMatchObject({ retention: 'limits', discard: 'old' });
});

it('new limits are taken over, and what is stored stays', async () => {
  await publish(server.bus, { subject: 'message.sent.p00.acc_a.conv_a', id: 'e1', data: '{}' });
  await declareStreams(server.bus, { ...defaultStreamSettings, eventsMaxBytes: 1024 ** 3 });
  const { config, state } = await server.bus.jsm.streams.info('EVENTS');
  expect([config.max_bytes, state.messages]).toEqual([1024 ** 3, 1]);
});

it('what cannot be changed of a stream is refused in the words of the server', async () => {
  await ensureStream(server.bus, { name: 'FIXED', subjects: ['fixed.>'] });
  const changed = ensureStream(server.bus, { name: 'FIXED', subjects: ['fixed.>'], retention: RetentionPolicy.Workqueue });
  await expect(changed).rejects.toBeInstanceOf(JetStreamApiError);
});
