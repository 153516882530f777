import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import { inboundConsumer, partitionCount, partitionToken, streams } from '@baton/contracts/subjects.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import { waitingInbound } from '@baton/verify/waiting-inbound.ts';
import { AckPolicy } from '@nats-io/jetstream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { tidyInbound } from '../src/inbound/tidy.ts';

let infra: Infra;
let bus: Bus;
beforeAll(async () => {
  infra = await startInfra();
  bus = await connectBus({ url: infra.nats.url, name: 'test' });
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await infra[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await bus.jsm.streams.delete(streams.inbound).catch(() => undefined);
  await declareStreams(bus, defaultStreamSettings, streams.inbound);
  for (let partition = 0; partition < partitionCount; partition++) await declareReader(partition);
});

const subjectOf = (partition: number) => `inbound.message.${partitionToken(partition)}.acc_a.chn_a`;

async function declareReader(partition: number): Promise<void> {
  await bus.jsm.consumers.add(streams.inbound, {
    durable_name: inboundConsumer(partition),
    filter_subject: `inbound.*.${partitionToken(partition)}.>`,
    ack_policy: AckPolicy.Explicit,
    mem_storage: true,
  });
}

async function store(...partitions: number[]): Promise<void> {
  for (const partition of partitions) await bus.js.publish(subjectOf(partition), '{}');
}

/** Reads so many messages of a partition, and acknowledges those that are named by their order. */
async function read(partition: number, count: number, acknowledged: number[]): Promise<void> {
  const consumer = await bus.js.consumers.get(streams.inbound, inboundConsumer(partition));
  let n = 0;
  for await (const message of await consumer.fetch({ max_messages: count, expires: 2000 }))
    if (acknowledged.includes(n++)) await message.ackAck();
}

/** What is stored once it has been tidied up. */
async function left(same = true): Promise<number[]> {
  await tidyInbound(bus, () => same);
  const { state } = await bus.jsm.streams.info(streams.inbound, { deleted_details: true });
  const stored = Array.from({ length: state.messages }, (_, n) => state.first_seq + n);
  expect(state.num_deleted ?? 0).toBe(0);
  return stored;
}

test('what every partition has been taken up to goes, and nothing behind it', async () => {
  await store(0, 1, 0, 2, 0, 1);
  expect(await left()).toEqual([1, 2, 3, 4, 5, 6]);
  await read(0, 3, [0, 1, 2]);
  expect(await left()).toEqual([2, 3, 4, 5, 6]);
  await read(1, 2, [0]);
  expect(await left()).toEqual([4, 5, 6]);
  await read(2, 1, [0]);
  // The second of partition 1 was handed out, and not acknowledged.
  expect(await left()).toEqual([6]);
});

test('what is acknowledged ahead of others stays until those are', async () => {
  await store(3, 3, 3);
  await read(3, 3, [0, 2]);
  expect(await left()).toEqual([2, 3]);
});

test('when all is taken nothing is left, and what comes next stays', async () => {
  await store(0, 15);
  await Promise.all([read(0, 1, [0]), read(15, 1, [0])]);
  expect(await left()).toEqual([]);
  await store(7);
  expect(await left()).toEqual([3]);
});

test('while a partition is nobody’s everything stays', async () => {
  await store(0, 1);
  await read(0, 1, [0]);
  await bus.jsm.consumers.delete(streams.inbound, inboundConsumer(9));
  expect(await left()).toEqual([1, 2]);
  await declareReader(9);
  expect(await left()).toEqual([2]);
});

test('nothing goes once the stream may be another one', async () => {
  await store(0);
  await read(0, 1, [0]);
  expect(await left(false)).toEqual([1]);
  expect(await left()).toEqual([]);
});

test('who looks from outside tells what waits from what only stands there, also where nobody reads or nothing is', async () => {
  const waiting = async () => {
    const found = await waitingInbound(bus.jsm);
    return found && [found.messages, found.oldest.seq];
  };
  await store(0, 1, 1);
  await read(0, 1, [0]);
  expect(await waiting()).toEqual([2, 2]);
  await read(1, 2, [0, 1]);
  expect(await waiting()).toBeUndefined();
  await store(4);
  await bus.jsm.consumers.delete(streams.inbound, inboundConsumer(4));
  expect(await waiting()).toEqual([1, 4]);
  await bus.jsm.streams.delete(streams.inbound);
  expect(await waiting()).toBeUndefined();
});

test('a server that is killed forgets how far each partition was, and nothing that it stored', async () => {
  await store(0, 1);
  await read(0, 1, [0]);
  await infra.nats.kill9();
  await infra.nats.restart();
  const stored = await eventually(() => left());
  expect(stored).toEqual([1, 2]);
});
