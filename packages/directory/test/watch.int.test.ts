import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Bus, connectBus } from '@baton/bus/connect.ts';
import type { DirectoryAgent, DirectoryChannelAccount } from '@baton/contracts/directory.ts';
import { directoryBucket, directoryFilledKey, directoryKey } from '@baton/contracts/subjects.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type OpenNats, openNats } from '@baton/testkit/servers.ts';
import { type KV, Kvm } from '@nats-io/kv';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Kind } from '../src/entries.ts';
import { type Directory, watchDirectory } from '../src/watch.ts';

const logger = createLogger('test', 'silent');
const everything: Kind[] = ['workspace', 'agent', 'channel_account'];

let dir: string;
let nats: OpenNats;
/** Writes the bucket, as conversation-state does. */
let writer: Bus;
let reader: Bus;
let open: Directory[];

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'baton-directory-'));
  nats = await openNats(dir, '2m');
  writer = await connectBus({ url: nats.url, name: 'writer' });
  reader = await connectBus({ url: nats.url, name: 'reader' });
});
afterAll(async () => {
  await reader[Symbol.asyncDispose]();
  await writer[Symbol.asyncDispose]();
  await nats.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => {
  open = [];
});
afterEach(async () => {
  for (const one of open) await one[Symbol.asyncDispose]();
  await writer.jsm.streams.delete(`KV_${directoryBucket}`).catch(() => undefined);
});

const beginBucket = () => new Kvm(writer.js).create(directoryBucket, { history: 1 });

async function makeBucket(): Promise<KV> {
  const bucket = await beginBucket();
  await bucket.put(directoryFilledKey, '');
  return bucket;
}

function watch(o: { kinds?: Kind[]; checkMs?: number } = {}): Directory {
  const directory = watchDirectory(reader, { logger, kinds: o.kinds ?? everything, checkMs: o.checkMs ?? 100 });
  open.push(directory);
  return directory;
}

const ready = (directory: Directory) => eventually(() => directory.problem() === undefined, Boolean, { what: 'the directory to be read' });
const putAgent = (bucket: KV, id: string, name: string) =>
  bucket.put(directoryKey('agent', id), JSON.stringify({ agent_id: id, display_name: name } as DirectoryAgent));
const putAccount = (bucket: KV, id: string) =>
  bucket.put(directoryKey('channel_account', id), JSON.stringify({ channel_account_id: id } as DirectoryChannelAccount));
const named = (directory: Directory, id: string, name: string | undefined) =>
  eventually(
    () => directory.agent(id)?.display_name,
    (found) => found === name,
    { what: `${id} to be ${name}` },
  );

test('is not ready before there is a bucket and all is in it, and ready when that is nothing', async () => {
  const directory = watch();
  expect(directory.problem()).toBe('the directory has not been read yet');
  const bucket = await beginBucket();
  await putAgent(bucket, 'agt_b', 'Ada');
  await bucket.delete(directoryKey('agent', 'agt_b'));
  expect(directory.problem()).toBe('the directory has not been read yet');
  await bucket.put(directoryFilledKey, '');
  await ready(directory);
  expect(directory.agent('agt_a')).toBeUndefined();
});

test('is ready when the bucket holds other kinds only', async () => {
  const bucket = await makeBucket();
  await putAgent(bucket, 'agt_a', 'Ada');
  await bucket.put(directoryKey('workspace', 'acc_a'), '{"workspace_id":"acc_a"}');
  const directory = watch({ kinds: ['channel_account'] });
  await ready(directory);
  expect([directory.agent('agt_a'), directory.workspace('acc_a'), directory.channelAccount('chn_a')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  await putAccount(bucket, 'chn_a');
  await eventually(() => directory.channelAccount('chn_a'));
});

test('is ready when everything in the bucket was deleted', async () => {
  const bucket = await makeBucket();
  await putAgent(bucket, 'agt_a', 'Ada');
  await bucket.delete(directoryKey('agent', 'agt_a'));
  await ready(watch());
});

test('is ready only once all that was there is in', async () => {
  const bucket = await makeBucket();
  const ids = Array.from({ length: 2000 }, (_, index) => `agt_${index}`);
  await Promise.all(ids.map((id) => putAgent(bucket, id, 'Ada')));
  const directory = watch();
  while (directory.problem() !== undefined) await nextTurn();
  expect(ids.filter((id) => directory.agent(id) === undefined)).toEqual([]);
});

test('follows changes and deletions', async () => {
  const bucket = await makeBucket();
  const directory = watch();
  await putAgent(bucket, 'agt_a', 'Ada');
  await named(directory, 'agt_a', 'Ada');
  await putAgent(bucket, 'agt_a', 'Grace');
  await named(directory, 'agt_a', 'Grace');
  await bucket.delete(directoryKey('agent', 'agt_a'));
  await named(directory, 'agt_a', undefined);
});

test('an entry that cannot be read leaves the one before it, and the others, as they are', async () => {
  const bucket = await makeBucket();
  const directory = watch();
  await putAgent(bucket, 'agt_a', 'Ada');
  await named(directory, 'agt_a', 'Ada');
  for (const rubbish of ['{', 'null', '7', '']) await bucket.put(directoryKey('agent', 'agt_a'), rubbish);
  await putAgent(bucket, 'agt_b', 'Grace');
  await named(directory, 'agt_b', 'Grace');
  expect(directory.agent('agt_a')?.display_name).toBe('Ada');
});

test('serves what it knows while the bucket is gone, and follows the one that is made anew', async () => {
  const bucket = await makeBucket();
  for (let i = 0; i < 20; i++) await putAgent(bucket, `agt_${i}`, 'Ada');
  const directory = watch();
  await named(directory, 'agt_19', 'Ada');
  await writer.jsm.streams.delete(`KV_${directoryBucket}`);
  expect(directory.problem()).toBeUndefined();
  expect(directory.agent('agt_0')?.display_name).toBe('Ada');
  const anew = await makeBucket();
  // Its revisions begin at 1 again, below those the watch has seen.
  await putAgent(anew, 'agt_0', 'Grace');
  await named(directory, 'agt_0', 'Grace');
  expect(directory.agent('agt_1')).toBeUndefined();
  await putAgent(anew, 'agt_0', 'Hopper');
  await named(directory, 'agt_0', 'Hopper');
});

test('serves what it knows while a bucket that was made anew is being filled', async () => {
  const bucket = await makeBucket();
  for (const id of ['agt_a', 'agt_b']) await putAgent(bucket, id, 'Ada');
  const directory = watch();
  await named(directory, 'agt_b', 'Ada');
  await writer.jsm.streams.delete(`KV_${directoryBucket}`);
  const anew = await beginBucket();
  await putAgent(anew, 'agt_a', 'Grace');
  const readers = () => writer.jsm.consumers.list(`KV_${directoryBucket}`).next();
  await eventually(readers, (all) => all.length > 0 && all.every(({ delivered }) => delivered.stream_seq > 0), {
    what: 'the new one to be read',
  });
  expect(directory.agent('agt_b')?.display_name).toBe('Ada');
  await anew.put(directoryFilledKey, '');
  await named(directory, 'agt_a', 'Grace');
  expect(directory.agent('agt_b')).toBeUndefined();
});

test('serves what it knows while NATS is down, and learns what it missed', async () => {
  const bucket = await makeBucket();
  await putAgent(bucket, 'agt_a', 'Ada');
  const directory = watch();
  await named(directory, 'agt_a', 'Ada');
  const unchanged = directory.agent('agt_a');
  for (const name of ['Grace', 'Hopper']) {
    await nats.kill9();
    await eventually(() => reader.problem() !== undefined);
    expect(directory.problem()).toBeUndefined();
    expect(directory.agent('agt_a')).toBe(unchanged);
    await nats.restart();
    await eventually(() => writer.problem() === undefined);
    await eventually(() => putAgent(bucket, 'agt_b', name));
    await named(directory, 'agt_b', name);
  }
  // The same revision of the same bucket is the same object: what was made of it, an opened secret, is still good.
  expect(directory.agent('agt_a')).toBe(unchanged);
});

test('a watch that hears nothing any more begins anew', async () => {
  const bucket = await makeBucket();
  const directory = watch();
  await putAgent(bucket, 'agt_a', 'Ada');
  await named(directory, 'agt_a', 'Ada');
  const consumers = await writer.jsm.consumers.list(`KV_${directoryBucket}`).next();
  for (const { name } of consumers) await writer.jsm.consumers.delete(`KV_${directoryBucket}`, name);
  await putAgent(bucket, 'agt_a', 'Grace');
  // The client itself would notice after ten seconds.
  await eventually(
    () => directory.agent('agt_a')?.display_name,
    (name) => name === 'Grace',
    { timeoutMs: 5000 },
  );
});

test('can be disposed while there is neither bucket nor server', async () => {
  const directory = watch();
  await directory[Symbol.asyncDispose]();
  expect(directory.problem()).toBe('the directory has not been read yet');
});
