import { connect, type Socket } from 'node:net';
import { idFromUuid, newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running } from './harness.ts';
import { httpHeaders, httpSecret, inbound, twilioCredentials } from './signed.ts';

let harness: Harness;
let ingest: Running;

beforeAll(async () => {
  harness = await Harness.create();
  await harness.makeDirectory();
  ingest = await harness.start();
});
afterAll(() => harness[Symbol.asyncDispose]());

const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;

/** An id as one made at that moment, of an account that nobody has put into the directory. */
function accountMade(at: number): string {
  const hex = at.toString(16).padStart(12, '0');
  return idFromUuid('channelAccount', `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`);
}

const simulator = () => harness.account({ provider: 'simulator' });

test('accounts that are unknown, disabled or of another provider are not found, in the same words', async () => {
  const disabled = await harness.account({ provider: 'simulator', enabled: false });
  const other = await harness.account({ credentials: { secret: httpSecret } });
  const body = JSON.stringify(inbound());
  for (const target of ['simulator/chn_0', `simulator/${disabled}`, `simulator/${other}`, `pigeon/${other}`, `http/${other}/more`]) {
    const answer = await ingest.post(`/providers/${target}`, body);
    expect(answer.status, target).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not_found', type: 'urn:baton:problem:not_found' });
  }
});

test('a simulator that is not switched on does not exist', async () => {
  const id = await simulator();
  await using closed = await harness.start({ BATON_SIMULATOR: '0' });
  for (const answer of [
    await closed.post(`/providers/simulator/${id}`, JSON.stringify(inbound())),
    await closed.get(`/providers/simulator/${id}/outbox`),
    await closed.post(`/providers/simulator/${id}/trouble`, '{}'),
  ]) {
    expect(answer.status).toBe(404);
  }
});

test('an account made a moment ago is waited for instead of being unknown', async () => {
  const id = newId('channelAccount');
  const asked = ingest.post(`/providers/simulator/${id}`, JSON.stringify(inbound()));
  await harness.account({ channel_account_id: id, provider: 'simulator' });
  expect((await asked).status).toBe(202);
});

test('an account made minutes ago is not called unknown, however long its entry takes: a provider told 404 may never ask again', async () => {
  const answer = await ingest.post(`/providers/simulator/${accountMade(minutesAgo(5))}`, JSON.stringify(inbound()));
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  expect((await ingest.post(`/providers/simulator/${accountMade(minutesAgo(15))}`, JSON.stringify(inbound()))).status).toBe(404);
});

test('an account made and deleted a moment ago is not waited for: it is gone', async () => {
  const id = await simulator();
  const send = async () => (await ingest.post(`/providers/simulator/${id}`, JSON.stringify(inbound()))).status;
  expect(await send()).toBe(202);
  await harness.deleteAccount(id);
  await eventually(send, (status) => status === 404);
});

test('a change of the directory counts from then on', async () => {
  const id = await harness.account({ credentials: { secret: httpSecret } });
  const body = JSON.stringify(inbound());
  const send = async () => (await ingest.post(`/providers/http/${id}`, body, httpHeaders(body))).status;
  expect(await send()).toBe(202);
  await harness.account({ channel_account_id: id, credentials: { secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` } });
  await eventually(send, (status) => status === 401);
  await harness.account({ channel_account_id: id, enabled: false });
  await eventually(send, (status) => status === 404);
});

test('what cannot be read is malformed, and a batch with one bad item names it and stores nothing', async () => {
  const id = await simulator();
  const target = `/providers/simulator/${id}`;
  expect((await ingest.post(target, '{')).json()).toMatchObject({ status: 400, code: 'malformed_request' });
  const batch = [inbound(), inbound({ id: 'm2' }), inbound({ id: 'm3' }), inbound({ id: 'm4', from: 'nobody there' })];
  const answer = await ingest.post(target, JSON.stringify(batch));
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'validation_error', errors: [{ path: '/3/from' }] });
  expect(await harness.count(id)).toBe(0);
});

test('a body over 1 MiB is too large, announced or not', async () => {
  const id = await simulator();
  const big = Buffer.alloc(1_048_577, 32);
  const announced = await ingest.post(`/providers/simulator/${id}`, big);
  expect([announced.status, announced.json()['code']]).toEqual([413, 'payload_too_large']);
  const chunked = await rawExchange(ingest.port, [
    `POST /providers/simulator/${id} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
    `${big.length.toString(16)}\r\n`,
    big,
    '\r\n0\r\n\r\n',
  ]);
  expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
  expect(await harness.count(id)).toBe(0);
});

test('other content types and methods are refused by their names', async () => {
  const id = await simulator();
  const wrongType = await ingest.post(`/providers/simulator/${id}`, '<x/>', { 'content-type': 'text/xml' });
  expect([wrongType.status, wrongType.json()['code']]).toEqual([415, 'unsupported_media_type']);
  const wrongMethod = await ingest.get(`/providers/simulator/${id}`);
  expect([wrongMethod.status, wrongMethod.headers['allow']]).toEqual([405, 'POST']);
  expect((await ingest.send('DELETE', `/providers/simulator/${id}`, {})).status).toBe(404);
});

test('one message sent a hundred times at once is stored once, and every sender hears that it was accepted', async () => {
  const id = await simulator();
  const body = JSON.stringify(inbound());
  const answers = await Promise.all(Array.from({ length: 100 }, () => ingest.post(`/providers/simulator/${id}`, body)));
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([202]));
  expect(await harness.count(id)).toBe(1);
});

test('ids that a header cannot carry as they are still tell messages apart', async () => {
  const id = await simulator();
  const batch = ['größe 1', 'größe  1', 'größe 2', 'a b', 'a  b', '👍'].map((one) => inbound({ id: one }));
  for (let repeat = 0; repeat < 2; repeat++)
    expect((await ingest.post(`/providers/simulator/${id}`, JSON.stringify(batch))).status).toBe(202);
  expect(await harness.count(id)).toBe(6);
});

test('500 messages in one request are all stored, in their order, once', async () => {
  const id = await simulator();
  const batch = Array.from({ length: 500 }, (_, index) => inbound({ id: `m${index}`, text: `text ${index}` }));
  for (let repeat = 0; repeat < 2; repeat++) {
    const answer = await ingest.post(`/providers/simulator/${id}`, JSON.stringify(batch));
    expect(answer.json()).toEqual({ accepted: 500 });
  }
  expect((await harness.stored(id)).map((one) => one.body['text'])).toEqual(batch.map((one) => one['text']));
  expect((await ingest.post(`/providers/simulator/${id}`, JSON.stringify([...batch, inbound()]))).status).toBe(400);
});

test('more requests at once than it may hold are told to come back, not kept waiting', async () => {
  const id = await simulator();
  await using small = await harness.start({ BATON_INGEST_MAX_REQUESTS: '1' });
  const held = await openRequest(small.port, id, 10);
  const answer = await small.post(`/providers/simulator/${id}`, JSON.stringify(inbound()));
  expect(answer.status).toBe(503);
  expect([answer.json()['code'], answer.headers['retry-after']]).toEqual(['unavailable', '1']);
  held.destroy();
  await eventually(
    () => small.post(`/providers/simulator/${id}`, JSON.stringify(inbound())),
    (one) => one.status === 202,
  );
});

test('a stop lets the request in hand finish', async () => {
  const id = await simulator();
  const stopping = await harness.start();
  const body = JSON.stringify(inbound());
  const held = await openRequest(stopping.port, id, body.length);
  const stopped = stopping[Symbol.asyncDispose]();
  const answered = new Promise<string>((resolve) => held.once('data', (data) => resolve(data.toString())));
  held.write(body);
  expect(await answered).toMatch(/^HTTP\/1\.1 202 /);
  held.destroy();
  await stopped;
  expect(await harness.count(id)).toBe(1);
});

test('a request that never ends holds up a stop for the time it is given, not longer', async () => {
  const id = await simulator();
  const stopping = await harness.start({ BATON_DRAIN_MS: '50' });
  const held = await openRequest(stopping.port, id, 10);
  const closed = new Promise((resolve) => held.once('close', resolve));
  await stopping[Symbol.asyncDispose]();
  await closed;
});

test('nothing a customer wrote and no address reaches the log', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  await using talkative = await harness.start({}, { logger });
  const id = await simulator();
  const secretive = inbound({
    text: 'canary-text',
    from: '+14155550999',
    contact: { name: 'canary-name' },
    metadata: { k: 'canary-meta' },
  });
  await talkative.post(`/providers/simulator/${id}`, JSON.stringify(secretive));
  await talkative.post(`/providers/simulator/${id}`, JSON.stringify({ ...secretive, channel: 'canary-channel' }));
  await talkative.post(`/providers/simulator/${id}`, '{"canary-body');
  expect(lines.join('')).toContain(id);
  expect(lines.join('')).not.toMatch(/canary|14155550999/);
});

test('rubbish in bodies, headers and paths is refused and never a fault', async () => {
  const ids = [await simulator(), await harness.account({ provider: 'twilio', credentials: twilioCredentials })];
  const types = fc.constantFrom(
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/json; charset=utf-16',
    '',
  );
  const body = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  const tail = fc.oneof(
    fc.constant(''),
    fc.webQueryParameters().map((query) => `?${query}`),
    fc.webSegment().map((segment) => `/${segment}`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ids),
      fc.constantFrom('simulator', 'twilio', 'http'),
      types,
      body,
      tail,
      async (id, provider, type, bytes, end) => {
        const answer = await ingest.post(`/providers/${provider}/${id}${end}`, bytes, { 'content-type': type });
        expect(answer.status).toBeLessThan(500);
      },
    ),
    { numRuns: 300 },
  );
  expect((await ingest.get('/readyz')).status).toBe(200);
});

test('counts are readable as metrics, without an id in a label', async () => {
  const id = await simulator();
  await ingest.post(`/providers/simulator/${id}`, JSON.stringify(inbound()));
  const { text } = await ingest.get('/metrics');
  expect(text).toMatch(/ingest_messages_total\{[^}]*provider="simulator"/);
  expect(text).toContain('ingest_publish_seconds');
  expect(text).not.toContain('chn_');
});

/** Sends the head of a request and none of its body; resolves when the server has taken it in and waits for the rest. */
async function openRequest(port: number, id: string, length: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const taken = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  const head = ['content-type: application/json', `content-length: ${length}`, 'expect: 100-continue'].join('\r\n');
  socket.write(`POST /providers/simulator/${id} HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
  expect(await taken).toMatch(/^HTTP\/1\.1 100 /);
  return socket;
}

function rawExchange(port: number, parts: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    for (const part of parts) socket.write(part);
  });
}
