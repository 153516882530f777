import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import { newId } from '@baton/contracts/ids.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { nanos } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvents } from '../src/events.ts';
import { startService } from '../src/service.ts';
import { Hub } from '../src/stream/hub.ts';
import { SseClient } from './sse-client.ts';
import { type Bench, call, configFor, publishEvent, ready, startBench } from './support.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench({ BATON_RATE_LIMIT_PER_SECOND: '100000', BATON_RATE_LIMIT_BURST: '100000', BATON_STREAMS_PER_KEY: '4' });
});
afterAll(() => bench[Symbol.asyncDispose]());

const agentId = newId('agent');
const logger = createLogger('test', 'silent');

function scene() {
  const workspaceId = newId('workspace');
  const conversationId = newId('conversation');
  let sequence = 0;
  return {
    workspaceId,
    conversationId,
    say: (more = {}) => bench.event({ workspaceId, conversationId, agentId, sequence: ++sequence, ...more }),
    sayMany: async (count: number, more = {}) => {
      const events = Array.from({ length: count }, () => ({ workspaceId, conversationId, agentId, sequence: ++sequence, ...more }));
      for (let i = 0; i < count; i += 200) await Promise.all(events.slice(i, i + 200).map((event) => publishEvent(bench.bus, event)));
    },
    open: async (o: { lastEventId?: string; url?: string } = {}) =>
      SseClient.open(o.url ?? `${bench.gateway.url}/v1/stream`, {
        key: await bench.key(workspaceId),
        ...(o.lastEventId !== undefined && { lastEventId: o.lastEventId }),
      }),
  };
}

const count = (n: number) => (frames: { length: number }) => frames.length >= n;
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

test('frames have no event name, an id and the envelope; only the own workspace is seen, and nothing internal', async () => {
  const one = scene();
  const other = scene();
  await using client = await one.open();
  expect(client).toMatchObject({ status: 200, contentType: 'text/event-stream; charset=utf-8' });
  await other.say();
  await one.say({ type: 'dispatch.ready', sequence: 0 });
  await one.say({ text: 'two\nlines' });
  const [frame] = await eventually(() => client.frames, count(1));
  expect(client.retry).toBe(2000);
  expect(frame).toMatchObject({ event: undefined, id: expect.stringMatching(/^[0-9a-z]+-\d+$/) });
  expect(frame!.data).toMatchObject({
    event_type: 'message.received',
    workspace_id: one.workspaceId,
    conversation_id: one.conversationId,
    payload: { text: 'two\nlines' },
  });
  await one.say();
  await eventually(() => client.frames, count(2));
  expect(client.frames.every((seen) => seen.data.workspace_id === one.workspaceId && seen.data.event_type === 'message.received')).toBe(
    true,
  );
});

test('who is cut off before the first event has a place to go on from, and misses nothing', async () => {
  const one = scene();
  const first = await one.open();
  const place = await eventually(
    () => first.lastEventId,
    (id) => id !== undefined,
  );
  await first[Symbol.asyncDispose]();
  expect(first.frames).toEqual([]);
  await one.sayMany(3);
  await using second = await one.open({ lastEventId: place! });
  await eventually(() => second.sequences, count(3));
  expect(second.sequences).toEqual([1, 2, 3]);
});

test('the stream of an agent shows only what is that agent’s', async () => {
  const one = scene();
  // The gateway asks conversation-state whether the agent exists, which is not here: the hub is asked itself.
  await using hub = new Hub({ bus: async () => bench.bus, logger, events: createEvents(logger) });
  await hub.ready();
  const seen: string[] = [];
  hub.join({ workspaceId: one.workspaceId, agentId }, undefined, {
    write: (bytes) => void seen.push(bytes.toString()),
    backlog: () => 0,
    drained: async () => true,
    end: () => undefined,
  });
  await one.say({ agentId: newId('agent') });
  await one.say();
  await eventually(
    () => seen,
    (all) => all.join('').includes('"sequence":2'),
  );
  expect(seen.join('')).not.toContain('"sequence":1,');
});

test('an id resumes without hole or repeat, from memory and from the store', async () => {
  const s = scene();
  await using first = await s.open();
  await s.sayMany(10);
  await eventually(() => first.frames, count(10));
  await using again = await s.open({ lastEventId: first.frames[3]!.id! });
  await s.say();
  await eventually(() => again.frames, count(7));
  expect(again.sequences).toEqual(upTo(11, 5));

  // Another gateway has nothing in memory.
  await using second = await startService(configFor(bench.infra));
  await ready(second);
  await using stored = await s.open({ url: `${second.url}/v1/stream`, lastEventId: first.frames[0]!.id! });
  await s.say();
  await eventually(() => stored.frames, count(11));
  expect(stored.sequences).toEqual(upTo(12, 2));
});

test('a reader that resumes thousands of events while new ones pour in gets each one once, in order', async () => {
  const s = scene();
  await using first = await s.open();
  await s.say();
  await eventually(() => first.frames, count(1));
  await s.sayMany(4000, { text: 'x'.repeat(300) });
  await using second = await startService(configFor(bench.infra));
  await ready(second);
  const pouring = s.sayMany(3000, { text: 'y'.repeat(300) });
  await using late = await s.open({ url: `${second.url}/v1/stream`, lastEventId: first.frames[0]!.id! });
  await pouring;
  await eventually(() => late.frames, count(7000), { timeoutMs: 20_000 });
  expect(late.sequences).toEqual(upTo(7001, 2));
});

test('a client that reconnects again and again sees each event once', async () => {
  const s = scene();
  const seen: number[] = [];
  let lastEventId: string | undefined;
  const key = await bench.key(s.workspaceId);
  await using probe = await s.open();
  await s.say();
  await eventually(() => probe.frames, count(1));
  lastEventId = probe.frames[0]!.id;
  const pouring = s.sayMany(2000);
  while (seen.length < 2000) {
    await using client = await SseClient.open(`${bench.gateway.url}/v1/stream?last_event_id=${lastEventId}`, { key });
    expect(client.status).toBe(200);
    await eventually(() => client.frames, count(1));
    await client[Symbol.asyncDispose]();
    seen.push(...client.sequences);
    lastEventId = client.frames.at(-1)?.id ?? lastEventId;
  }
  await pouring;
  expect(seen).toEqual(upTo(2001, 2));
});

test('a position that is unknown, of another incarnation or too old gives one gap and then goes on live', async () => {
  const s = scene();
  const info = await bench.bus.jsm.streams.info('EVENTS');
  const incarnation = Date.parse(info.created).toString(36);
  const positions = ['rubbish', `${incarnation}-999999999`, 'abc-5', ''];
  for (const lastEventId of positions) {
    await using client = await s.open({ lastEventId });
    if (lastEventId !== '') await eventually(() => client.frames, count(1));
    await s.say();
    const expected = lastEventId === '' ? 1 : 2;
    await eventually(() => client.frames, count(expected));
    if (lastEventId === '') expect(client.frames[0]!.data.event_type).toBe('message.received');
    else {
      expect(client.frames[0]).toMatchObject({ id: expect.any(String), data: { event_type: 'stream.gap', workspace_id: s.workspaceId } });
      expect(client.frames.slice(1).every((frame) => frame.data.event_type === 'message.received')).toBe(true);
      // The gap's own id is a good position.
      await using next = await s.open({ lastEventId: client.frames[0]!.id! });
      await eventually(() => next.frames, count(1));
      expect(next.frames[0]!.data.event_type).toBe('message.received');
    }
  }
});

test('an event that is published twice is shown once', async () => {
  const s = scene();
  await using client = await s.open();
  const eventId = newId('event');
  const first = await s.say({ eventId });
  // The broker forgets its dedup ids after a while (two minutes; here a tenth of a second), and then stores the event again.
  await bench.bus.jsm.streams.update('EVENTS', { duplicate_window: nanos(100) });
  const again = { workspaceId: s.workspaceId, conversationId: s.conversationId, agentId, sequence: 1, eventId };
  await eventually(
    () => publishEvent(bench.bus, again),
    (stored) => stored > first,
  );
  await s.say();
  await eventually(() => client.frames, count(2));
  expect(client.sequences).toEqual([1, 2]);
});

test('a killed nats-server is survived: open streams go on without hole or repeat', async () => {
  const s = scene();
  await using client = await s.open();
  await s.sayMany(50);
  await eventually(() => client.frames, count(50));
  await bench.infra.nats.kill9();
  await bench.infra.nats.restart();
  await eventually(() => s.sayMany(50).then(() => true), Boolean, { timeoutMs: 20_000 });
  await eventually(
    () => new Set(client.sequences),
    (seen) => seen.size >= 100,
    { timeoutMs: 20_000 },
  );
  expect(client.sequences.slice(0, 50)).toEqual(upTo(50));
  expect(new Set(client.sequences).size).toBe(client.sequences.length);
});

test('who knows the new stream already is sent back by an instance that still follows the lost one, and told of no gap', async () => {
  const one = scene();
  // The second time that the hub itself asks for the connection, it wants to open its feed again: there it is held.
  const [held, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let calls = 0;
  const bus = async () => {
    if (++calls === 2) {
      asked.resolve();
      await held.promise;
    }
    return bench.bus;
  };
  await using hub = new Hub({ bus, logger, events: createEvents(logger) });
  await hub.ready();
  const join = (lastEventId: string) => {
    const seen = { text: '', ended: false };
    hub.join({ workspaceId: one.workspaceId }, lastEventId, {
      write: (bytes) => {
        seen.text += bytes.toString();
      },
      backlog: () => 0,
      drained: async () => true,
      end: () => {
        seen.ended = true;
      },
    });
    return seen;
  };
  const lost = (await bench.bus.jsm.streams.info('EVENTS')).created;
  await bench.bus.jsm.streams.delete('EVENTS');
  await asked.promise;
  await declareStreams(bench.bus, defaultStreamSettings);
  const { created } = await bench.bus.jsm.streams.info('EVENTS');
  await one.sayMany(2);
  const place = (when: string) => `${Date.parse(when).toString(36)}-1`;
  const ahead = join(place(created));
  await eventually(() => ahead.ended);
  // Further in the lost one than this hub has read.
  const further = join(`${Date.parse(lost).toString(36)}-${hub.place.sequence + 5}`);
  await eventually(() => further.ended);
  expect([ahead.text, further.text]).toEqual(['', '']);
  held.resolve();
  await eventually(() => hub.place.incarnation === Date.parse(created));
  const back = join(place(created));
  await eventually(() => back.text.includes('"sequence":2'));
  expect(back.text).not.toMatch(/stream\.gap|"sequence":1,/);
  const left = join(place(lost));
  await eventually(() => left.text.includes('stream_rebuilt'));
  // The gateway has heard of it as well.
  await using live = await one.open();
  await one.say();
  await eventually(() => live.sequences.includes(3));
});

test('a stream rebuilt under open readers gives each a gap, and then everything of the new one', async () => {
  const s = scene();
  await using client = await s.open();
  await s.say();
  await eventually(() => client.frames, count(1));
  await bench.bus.jsm.streams.delete('EVENTS');
  await declareStreams(bench.bus, { ...defaultStreamSettings, inboundMaxBytes: 1e8, eventsMaxBytes: 1e9 });
  await s.sayMany(20);
  await eventually(() => client.frames, count(22), { timeoutMs: 20_000 });
  expect(client.frames[1]!.data).toMatchObject({ event_type: 'stream.gap', payload: { reason: 'stream_rebuilt' } });
  expect(client.sequences.slice(2)).toEqual(upTo(21, 2));
  expect(client.frames[1]!.id!.split('-')[0]).not.toBe(client.frames[0]!.id!.split('-')[0]);
  // A position of the old stream is told apart from the same number in the new one.
  await using old = await s.open({ lastEventId: client.frames[0]!.id! });
  await eventually(() => old.frames, count(1));
  expect(old.frames[0]!.data.event_type).toBe('stream.gap');
});

test('what a lost stream is filled with again is shown to nobody, neither live nor from the store', async () => {
  const s = scene();
  await using client = await s.open();
  await s.say();
  await s.sayMany(3, { again: true });
  await s.say();
  await eventually(() => client.frames, count(2));
  expect(client.sequences).toEqual([1, 5]);
  await using second = await startService(configFor(bench.infra));
  await ready(second);
  await using late = await s.open({ url: `${second.url}/v1/stream`, lastEventId: client.frames[0]!.id! });
  await eventually(() => late.frames, count(1));
  expect(late.sequences).toEqual([5]);
});

test('events removed by retention give a gap to those who had not seen them', async () => {
  const s = scene();
  await using client = await s.open();
  await s.sayMany(5);
  await eventually(() => client.frames, count(5));
  await bench.bus.jsm.streams.purge('EVENTS');
  await using second = await startService(configFor(bench.infra));
  await ready(second);
  await using late = await s.open({ url: `${second.url}/v1/stream`, lastEventId: client.frames[1]!.id! });
  await using current = await s.open({ url: `${second.url}/v1/stream`, lastEventId: client.frames[4]!.id! });
  await s.say();
  await eventually(() => late.frames, count(2));
  expect(late.frames[0]!.data).toMatchObject({ event_type: 'stream.gap', payload: { reason: 'position_too_old' } });
  await eventually(() => current.frames, count(1));
  expect(current.sequences).toEqual([6]);
});

test('a reader that does not read is cut off with a last frame, and goes on later where it was', async () => {
  const s = scene();
  const { connect } = await import('node:net');
  const key = await bench.key(s.workspaceId);
  const socket = connect(bench.gateway.port, '127.0.0.1');
  socket.write(`GET /v1/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const streams = () =>
    call(bench.gateway, { path: '/metrics' }).then(
      (answer) => /^baton_gateway_stream_overflows_total\S* (\d+)/m.exec(answer.body)?.[1] ?? '0',
    );
  const before = await streams();
  // Far beyond what the kernel takes for a reader that is asleep.
  for (let i = 0; i < 40 && (await streams()) === before; i++) await s.sayMany(200, { text: 'z'.repeat(10_000) });
  await eventually(streams, (now) => now !== before);
  let text = '';
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  await closed;
  const frames = text.split('\n\n').filter(Boolean);
  expect(frames.at(-1)).toMatch(/^data: .*"event_type":"stream.overflow"/);
  const lastEventId = /id: (\S+)/.exec(frames.at(-2)!)![1]!;
  const lastSequence = Number(/"sequence":(\d+)/.exec(frames.at(-2)!)![1]);
  await using again = await s.open({ lastEventId });
  await eventually(() => again.frames, count(1));
  expect(again.sequences[0]).toBe(lastSequence + 1);
});

test('a ticket opens one stream, once; a key in the address works on streams and nowhere else', async () => {
  const s = scene();
  const key = await bench.key(s.workspaceId);
  const made = await call(bench.gateway, { path: '/v1/stream-tickets', method: 'POST', key });
  const url = `${bench.gateway.url}/v1/stream?token=${made.body.ticket}`;
  await using client = await SseClient.open(url);
  expect(client.status).toBe(200);
  await s.say();
  await eventually(() => client.frames, count(1));
  await using twice = await SseClient.open(url);
  expect(twice.status).toBe(401);
  await using byKey = await SseClient.open(`${bench.gateway.url}/v1/stream?token=${key}`);
  expect(byKey.status).toBe(200);
  expect((await call(bench.gateway, { path: `/v1/agents?token=${key}` })).status).toBe(401);
});

test('a key has only so many streams, and a closed one makes room', async () => {
  const s = scene();
  const key = await bench.key(s.workspaceId);
  const open = () => SseClient.open(`${bench.gateway.url}/v1/stream`, { key });
  const clients = await Promise.all([open(), open(), open(), open()]);
  expect(clients.map((client) => client.status)).toEqual([200, 200, 200, 200]);
  await using fifth = await open();
  expect(fifth.status).toBe(429);
  await clients[0]![Symbol.asyncDispose]();
  await using room = await eventually(open, (client) => client.status === 200);
  expect(room.status).toBe(200);
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test('when the gateway stops, its streams end and readers go on elsewhere', async () => {
  const s = scene();
  const second = await startService(configFor(bench.infra));
  await ready(second);
  await using client = await s.open({ url: `${second.url}/v1/stream` });
  await s.say();
  await eventually(() => client.frames, count(1));
  await second[Symbol.asyncDispose]();
  await client.ended;
  await s.say();
  await using elsewhere = await s.open({ lastEventId: client.lastEventId! });
  await eventually(() => elsewhere.frames, count(1));
  expect(elsewhere.sequences).toEqual([2]);
});
