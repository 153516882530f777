import { JetStreamApiError } from '@nats-io/jetstream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../src/connect.ts';
import { Gathering } from '../src/gather.ts';
import { NoStreamError } from '../src/pipeline.ts';
import { minBatch, publishBatch } from '../src/publish-batch.ts';
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
  if (bus.storesBatches()) await bus.jsm.streams.update(stream, { allow_atomic: true });
});

const message = (text: string, id = `${prefix}.${text}`) => ({ subject: `${prefix}.a`, id, data: text });

async function stored(): Promise<string[]> {
  const { state } = await bus.jsm.streams.info(stream);
  const texts: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++)
    texts.push((await bus.jsm.streams.getMessage(stream, { seq }))?.string() ?? '');
  return texts;
}

const outcomes = (published: Promise<unknown>[]) =>
  Promise.all(
    published.map((one) =>
      one.then(
        () => 'stored',
        (error: unknown) => error,
      ),
    ),
  );

/** The same server, as one that knows no batches. */
const older = (): Bus => ({ ...bus, storesBatches: () => false });

describe.each(['batches', 'singly'] as const)('gathering (%s)', (way) => {
  const gathering = () => new Gathering(way === 'batches' ? bus : older());

  it('stores what many say at once, each once and in the order it was said', async () => {
    const texts = Array.from({ length: 700 }, (_, index) => `m${index}`);
    const gathered = gathering();
    await Promise.all(texts.map((text) => gathered.publish(message(text))));
    expect(await stored()).toEqual(texts);
  });

  it('stores repeats once, and what came beside them as well', async () => {
    const gathered = gathering();
    await gathered.publish(message('known'));
    const others = Array.from({ length: minBatch }, (_, index) => `new ${index}`);
    const again = [...others.map((text) => message(text)), message('known'), message('twice'), message('twice')];
    expect(await outcomes(again.map((one) => gathered.publish(one)))).toEqual(again.map(() => 'stored'));
    expect((await stored()).toSorted()).toEqual([...others, 'known', 'twice'].toSorted());
  });

  it('tells each caller when nobody takes the subject', async () => {
    const gathered = gathering();
    const lost = Array.from({ length: minBatch }, (_, index) =>
      gathered.publish({ subject: 'nowhere.to', id: `${prefix}.${index}`, data: 'x' }),
    );
    for (const one of await outcomes(lost)) expect(one).toBeInstanceOf(NoStreamError);
  });
});

it.for([minBatch - 1, minBatch])('%i at once: a batch where there are enough to be worth one', async (count, { skip }) => {
  skip(!bus.storesBatches(), 'this server stores no batches');
  const gathered = new Gathering(bus);
  await Promise.all(Array.from({ length: count }, (_, index) => gathered.publish(message(`c${index}`))));
  const batches = new Set<string | undefined>();
  for (let seq = 1; seq <= count; seq++)
    batches.add((await bus.jsm.streams.getMessage(stream, { seq }))?.header.get('Nats-Batch-Id') || undefined);
  expect([...batches]).toEqual(count < minBatch ? [undefined] : [expect.any(String)]);
});

it('what a broken connection interrupted is stored once by a repeat', async () => {
  const gathered = new Gathering(bus);
  const texts = Array.from({ length: 400 }, (_, index) => `b${index}`);
  const interrupted = outcomes(texts.map((text) => gathered.publish(message(text), 2000)));
  await server.nats.kill9();
  await server.nats.restart();
  await interrupted;
  let left = texts;
  for (let round = 0; left.length > 0 && round < 100; round++) {
    const tried = await outcomes(left.map((text) => gathered.publish(message(text), 2000)));
    left = left.filter((_, index) => tried[index] !== 'stored');
  }
  expect((await stored()).toSorted()).toEqual(texts.toSorted());
});

it('a batch is stored whole or not at all', async ({ skip }) => {
  skip(!bus.storesBatches(), 'this server stores no batches');
  await publishBatch(bus, [message('one'), message('two'), message('three')]);
  await expect(publishBatch(bus, [message('four'), message('two'), message('five')])).rejects.toBeInstanceOf(JetStreamApiError);
  expect(await stored()).toEqual(['one', 'two', 'three']);
});
