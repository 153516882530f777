import { eventually } from '@baton/testkit/eventually.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Bus } from '../src/connect.ts';
import { type ConsumeOptions, consume } from '../src/consume.ts';
import { publish } from '../src/publish.ts';
import { dead, done, retry } from '../src/settle.ts';
import { ensureStream } from '../src/streams.ts';
import { logger, type Server, startServer } from './server.ts';

let server: Server;
let bus: Bus;
let stream: string;
let prefix: string;
let consumers: AsyncDisposable[];
/** What came, in order: the text and which delivery it was. */
let came: string[];

beforeAll(async () => {
  server = await startServer();
  bus = server.bus;
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  ({ name: stream, prefix } = await server.stream());
  consumers = [];
  came = [];
});
afterEach(() => Promise.all(consumers.map((consumer) => consumer[Symbol.asyncDispose]())));

function start(handle: ConsumeOptions['handle'], more: Partial<ConsumeOptions> = {}, on = bus): AsyncDisposable {
  const consumer = consume(on, {
    stream,
    durable: 'worker',
    filterSubjects: [`${prefix}.>`],
    concurrency: 8,
    ackWaitMs: 10_000,
    maxAckPending: 1000,
    handle: (message) => {
      came.push(`${message.string()} ${message.info.deliveryCount}`);
      return handle(message);
    },
    failed: async () => retry(20, 'failed'),
    logger,
    ...more,
  });
  consumers.push(consumer);
  return consumer;
}

const say = (text: string, subject = 'a') => publish(bus, { subject: `${prefix}.${subject}`, id: `${prefix}.${text}`, data: text });
const info = () => bus.jsm.consumers.info(stream, 'worker');
/** The server counts what is pending a moment after it has acknowledged a publication, so nothing pending is not yet everything delivered. */
async function drained(): Promise<void> {
  const { last_seq } = (await bus.jsm.streams.info(stream)).state;
  await eventually(
    info,
    ({ num_pending, num_ack_pending, delivered }) => num_pending === 0 && num_ack_pending === 0 && delivered.stream_seq >= last_seq,
    { what: 'nothing to be left' },
  );
}
const first = (message: JsMsg) => message.info.deliveryCount === 1;

describe('an outcome', () => {
  it('done: the message never comes again', async () => {
    start(async () => done);
    for (const text of ['x', 'y', 'z']) await say(text);
    await drained();
    expect(came).toEqual(['x 1', 'y 1', 'z 1']);
  });

  it('retry: it comes again, not before its time, and others pass it meanwhile', async () => {
    const at: number[] = [];
    start(async (message) => {
      if (message.string() !== 'x') return done;
      at.push(Date.now());
      return first(message) ? retry(300, 'not yet') : done;
    });
    await say('x');
    await say('y');
    await drained();
    expect(came).toEqual(['x 1', 'y 1', 'x 2']);
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(290);
  });

  it('dead: it never comes again, and stays in the stream', async () => {
    start(async () => dead('recorded'));
    await say('x');
    await drained();
    expect(came).toEqual(['x 1']);
    expect((await bus.jsm.streams.info(stream)).state.messages).toBe(1);
  });

  it('of a handler that threw is decided by `failed`', async () => {
    const told: unknown[] = [];
    const handle = async (message: JsMsg) => {
      if (message.string() === 'poison' || first(message)) throw new Error(message.string());
      return done;
    };
    start(handle, {
      failed: async (message, error) => {
        told.push((error as Error).message);
        return message.string() === 'poison' ? dead('poison') : retry(20, 'again');
      },
    });
    await say('poison');
    await say('x');
    await drained();
    expect(came).toEqual(['poison 1', 'x 1', 'x 2']);
    expect(told).toEqual(['poison', 'x']);
  });
});

describe('work in hand', () => {
  it('that lasts longer than the acknowledgement may take is not given to anybody else', async () => {
    const other = await server.connect();
    const began = Date.now();
    const slow = () => eventually(() => Date.now() - began > 1500).then(() => done);
    start(slow, { ackWaitMs: 300 });
    start(slow, { ackWaitMs: 300 }, other);
    await say('x');
    await eventually(() => came.length > 0);
    await drained();
    expect(came).toEqual(['x 1']);
  });

  it('of a process that died comes again elsewhere', async () => {
    const dying = await server.connect();
    const consumer = start(() => new Promise(() => undefined), { ackWaitMs: 300 }, dying);
    await say('x');
    await eventually(() => came.length === 1);
    await dying.nc.close();
    consumers.splice(consumers.indexOf(consumer), 1);
    start(async () => done, { ackWaitMs: 300 });
    await drained();
    expect(came).toEqual(['x 1', 'x 2']);
  });

  it('is never more than there are places; the rest waits with the server', async () => {
    let open = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    start(
      async () => {
        most = Math.max(most, ++open);
        await gate.promise;
        open--;
        return done;
      },
      { concurrency: 3 },
    );
    for (let i = 0; i < 10; i++) await say(`m${i}`);
    onTestFinished(() => gate.resolve());
    await eventually(() => open === 3);
    await eventually(info, ({ num_ack_pending, num_pending }) => num_ack_pending === 3 && num_pending === 7);
    gate.resolve();
    await drained();
    expect([most, came.length]).toEqual([3, 10]);
  });

  it('is waited for and acknowledged when the consumer stops, and nothing new is begun', async () => {
    const gate = Promise.withResolvers<void>();
    const consumer = start(() => gate.promise.then(() => done), { concurrency: 1 });
    await say('x');
    await say('y');
    await eventually(() => came.length === 1);
    let stopped = false;
    const stopping = Promise.resolve(consumer[Symbol.asyncDispose]()).then(() => {
      stopped = true;
    });
    // Longer than it waits for anything else.
    const began = Date.now();
    await eventually(() => Date.now() - began > 1200);
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    await eventually(info, ({ num_ack_pending, num_pending }) => num_ack_pending === 0 && num_pending === 1);
    expect(came).toEqual(['x 1']);
  });

  it('that was asked for before the stop, and not begun, is left to others at once', async () => {
    const consumer = start(async () => done);
    await eventually(info);
    await consumer[Symbol.asyncDispose]();
    await say('x');
    start(async () => done);
    await drained();
    expect(came).toEqual(['x 1']);
  });
});

describe('a consumer goes on by itself', () => {
  it('when it was deleted: it is declared anew and begins at the beginning', async () => {
    start(async () => done);
    await say('x');
    await drained();
    await bus.jsm.consumers.delete(stream, 'worker');
    await say('y');
    await eventually(() => came.some((one) => one.startsWith('y')), Boolean, { timeoutMs: 20_000 });
    await drained();
    expect(came).toEqual(['x 1', 'x 1', 'y 1']);
  }, 40_000);

  it('when the stream was deleted and made again', async () => {
    start(async () => done);
    await say('x');
    await drained();
    await bus.jsm.streams.delete(stream);
    await ensureStream(bus, { name: stream, subjects: [`${prefix}.>`] });
    await say('y');
    await eventually(() => came.includes('y 1'), Boolean, { timeoutMs: 20_000 });
  }, 40_000);

  it('when it was made by a release that listened to other subjects, or with other limits', async () => {
    const listen = async (filters: string[], more: Partial<ConsumeOptions> = {}) => {
      for (const one of consumers.splice(0)) await one[Symbol.asyncDispose]();
      start(async () => done, { filterSubjects: filters.map((filter) => `${prefix}.${filter}.>`), ...more });
      await eventually(
        async () => (await info()).config.filter_subjects ?? [(await info()).config.filter_subject],
        (found) => found.join() === filters.map((filter) => `${prefix}.${filter}.>`).join(),
      );
    };
    await listen(['old']);
    await listen(['new', 'newer']);
    await say('x', 'new.a');
    await say('y', 'newer.a');
    await drained();
    await listen(['newer'], { ackWaitMs: 5000, maxAckPending: 10 });
    await say('z', 'newer.a');
    await drained();
    expect(came).toEqual(['x 1', 'y 1', 'z 1']);
    expect((await info()).config.max_ack_pending).toBe(10);
  });

  it('when the server was killed: what was not acknowledged comes, what was may come', async () => {
    start(async () => done, { ackWaitMs: 1000 });
    const texts = Array.from({ length: 50 }, (_, index) => `m${index}`);
    await Promise.all(texts.slice(0, 25).map((text) => say(text)));
    await server.nats.kill9();
    await server.nats.restart();
    await eventually(() => bus.problem() === undefined);
    for (const text of texts.slice(25)) await eventually(() => say(text));
    await eventually(() => texts.every((text) => came.some((one) => one.startsWith(`${text} `))), Boolean, { timeoutMs: 20_000 });
    await drained();
  }, 40_000);
});
