import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running } from './harness.ts';
import { inbound } from './signed.ts';

let harness: Harness;
let ingest: Running;
let id: string;

beforeAll(async () => {
  harness = await Harness.create();
});
afterAll(() => harness[Symbol.asyncDispose]());

test('before the directory is there, an account is not called unknown: a provider told 404 may never ask again', async () => {
  ingest = await harness.start({}, { waitReady: false });
  expect((await ingest.get('/healthz')).status).toBe(200);
  expect((await ingest.get('/readyz')).status).toBe(503);
  const answer = await ingest.post('/providers/simulator/chn_0', JSON.stringify(inbound()));
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  await harness.makeDirectory();
  await eventually(async () => (await ingest.get('/readyz')).status === 200);
  expect((await ingest.post('/providers/simulator/chn_0', JSON.stringify(inbound()))).status).toBe(404);
  id = await harness.account({ provider: 'simulator' });
});

test('while JetStream is away nothing is accepted, and what is repeated afterwards is stored once', async () => {
  const target = `/providers/simulator/${id}`;
  const accepted = new Set<string>();
  const send = async (name: string) => {
    const answer = await ingest.post(target, JSON.stringify(inbound({ id: name })));
    if (answer.status === 202) accepted.add(name);
    else expect([answer.status, answer.headers['retry-after'] !== undefined]).toEqual([503, true]);
    return answer.status;
  };
  expect(await send('before')).toBe(202);
  const during = Promise.all(Array.from({ length: 200 }, (_, index) => send(`during-${index}`)));
  await harness.nats.kill9();
  await during;
  await eventually(
    () => send('down'),
    (status) => status === 503,
  );
  expect((await ingest.get('/readyz')).status).toBe(503);
  // Nobody can say now whether there is such an account.
  expect((await ingest.post('/providers/simulator/chn_0', JSON.stringify(inbound()))).status).toBe(503);

  await harness.nats.restart();
  await eventually(async () => (await ingest.get('/readyz')).status === 200);
  const names = ['before', 'down', ...Array.from({ length: 200 }, (_, index) => `during-${index}`)];
  for (const name of names)
    await eventually(
      () => send(name),
      (status) => status === 202,
    );
  await eventually(() => harness.bus.problem() === undefined);
  const stored = (await harness.stored(id)).map((one) => one.body['provider_message_id']);
  expect(stored.toSorted()).toEqual(names.toSorted());
});

test('a stream that is gone is declared anew and taken into use unaided', async () => {
  await harness.bus.jsm.streams.delete('INBOUND');
  const send = () => ingest.post(`/providers/simulator/${id}`, JSON.stringify(inbound({ id: 'after-loss' })));
  expect((await send()).status).toBe(503);
  await eventually(send, (answer) => answer.status === 202);
  expect(await harness.count(id)).toBe(1);
});

test('a stream that is full refuses with 503 and drops nothing', async () => {
  const { config, state } = await harness.bus.jsm.streams.info('INBOUND');
  await harness.bus.jsm.streams.update('INBOUND', { ...config, max_msgs: state.messages });
  const send = () => ingest.post(`/providers/simulator/${id}`, JSON.stringify(inbound({ id: 'when-full' })));
  expect((await send()).status).toBe(503);
  await harness.bus.jsm.streams.update('INBOUND', { ...config, max_msgs: -1 });
  await eventually(send, (answer) => answer.status === 202);
  expect(await harness.count(id)).toBe(2);
});
