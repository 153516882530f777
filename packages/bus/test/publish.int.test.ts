import { eventually } from '@baton/testkit/eventually.ts';
import { JetStreamApiError } from '@nats-io/jetstream';
import { TimeoutError } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../src/connect.ts';
import { NoStreamError } from '../src/pipeline.ts';
import { publish } from '../src/publish.ts';
import { type Server, startServer } from './server.ts';

let server: Server;
let bus: Bus;
let stream: string;
let prefix: string;

beforeAll(async () => {
  server = await startServer();
  bus = server.bus;
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  ({ name: stream, prefix } = await server.stream());
});

const say = (text: string, more: { id?: string; timeoutMs?: number } = {}) =>
  publish(bus, { subject: `${prefix}.a`, id: more.id ?? `${prefix}.${text}`, data: text }, more.timeoutMs);

async function stored(): Promise<string[]> {
  const { state } = await bus.jsm.streams.info(stream);
  const texts: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++)
    texts.push((await bus.jsm.streams.getMessage(stream, { seq }))?.string() ?? '');
  return texts;
}

const outcome = (published: Promise<unknown>) =>
  published.then(
    () => 'stored',
    (error: unknown) => error,
  );

describe('publishing', () => {
  it('stores what was said without waiting in the order it was said, and tells each its place', async () => {
    const texts = Array.from({ length: 300 }, (_, index) => `m${index}`);
    const acks = await Promise.all(texts.map((text) => say(text)));
    expect(acks.map((ack) => ack.seq)).toEqual(texts.map((_, index) => index + 1));
    expect(acks.every((ack) => ack.stream === stream && !ack.duplicate)).toBe(true);
    expect(await stored()).toEqual(texts);
  });

  it('stores one id once, however often and from wherever it comes', async () => {
    const other = await server.connect();
    const again = (on: Bus) => publish(on, { subject: `${prefix}.a`, id: 'the one', data: 'x' });
    const acks = await Promise.all([...Array.from({ length: 50 }, () => again(bus)), ...Array.from({ length: 50 }, () => again(other))]);
    expect(acks.filter((ack) => !ack.duplicate)).toHaveLength(1);
    expect(await stored()).toEqual(['x']);
  });

  it('carries headers and the stored trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await publish(bus, { subject: `${prefix}.a`, id: 'h', data: 'x', headers: { 'ce-type': 'message.sent' }, traceparent });
    const message = await bus.jsm.streams.getMessage(stream, { seq: 1 });
    expect(['Nats-Msg-Id', 'ce-type', 'traceparent'].map((name) => message?.header.get(name))).toEqual(['h', 'message.sent', traceparent]);
  });
});

describe('a publication that cannot be stored', () => {
  it('names the subject that no stream takes', async () => {
    const error = await outcome(publish(bus, { subject: 'nobody.a', id: 'n', data: 'x' }));
    expect(error).toBeInstanceOf(NoStreamError);
    expect(error).toMatchObject({ message: 'no stream takes nobody.a' });
  });

  it('is rejected with the words of JetStream when the stream is full, and nothing is dropped for it', async () => {
    const { config } = await bus.jsm.streams.info(stream);
    await say('x');
    await bus.jsm.streams.update(stream, { ...config, max_msgs: 1, discard: 'new' as typeof config.discard });
    expect(await outcome(say('y'))).toBeInstanceOf(JetStreamApiError);
    expect(await stored()).toEqual(['x']);
  });

  it('because it is too large takes none of its neighbours along', async () => {
    const huge = 'x'.repeat(bus.nc.info!.max_payload + 1);
    const outcomes = await Promise.all([outcome(say('a')), outcome(say(huge, { id: 'huge' })), outcome(say('b'))]);
    expect([outcomes[0], outcomes[2]]).toEqual(['stored', 'stored']);
    expect(outcomes[1]).toBeInstanceOf(Error);
    expect(await stored()).toEqual(['a', 'b']);
    // The connection has borne it.
    expect(await outcome(say('c'))).toBe('stored');
  });

  it('times out where somebody listens and nobody answers', async () => {
    const mute = bus.nc.subscribe('mute.>', { callback: () => undefined });
    await bus.nc.flush();
    const error = await outcome(publish(bus, { subject: 'mute.a', id: 'm', data: 'x' }, 200));
    mute.unsubscribe();
    expect(error).toBeInstanceOf(TimeoutError);
  });
});

it('while the server is away everything is rejected, soon, and what is repeated afterwards is stored once', async () => {
  const texts = Array.from({ length: 200 }, (_, index) => `m${index}`);
  const before = texts.map((text) => outcome(say(text)));
  await server.nats.kill9();
  const first = await Promise.all(before);
  await eventually(() => bus.problem() !== undefined);
  expect(await outcome(say('down'))).toMatchObject({ message: 'not connected to NATS' });

  await server.nats.restart();
  await eventually(() => bus.problem() === undefined);
  // Rejected means unknown: some of them are stored. The same ids make it once each.
  for (const text of texts) await eventually(() => say(text));
  expect((await stored()).toSorted()).toEqual(texts.toSorted());
  for (const one of first) expect(one === 'stored' || one instanceof Error).toBe(true);
});

it('who waits for an acknowledgement learns of a broken connection at once, long before the time-out', async () => {
  const other = await server.connect();
  const heard: unknown[] = [];
  const mute = bus.nc.subscribe('mute.>', { callback: (_, message) => void heard.push(message) });
  await bus.nc.flush();
  const waiting = outcome(publish(other, { subject: 'mute.a', id: 'm', data: 'x' }, 600_000));
  await eventually(() => heard.length === 1);
  await server.nats.kill9();
  expect(await waiting).toMatchObject({ message: 'the connection to NATS broke before the acknowledgement' });
  await server.nats.restart();
  await eventually(() => bus.problem() === undefined && other.problem() === undefined);
  mute.unsubscribe();
});
