import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BusUser, busUsers } from '@baton/contracts/bus-rights.ts';
import { filesBucket } from '@baton/contracts/files.ts';
import { directoryBucket } from '@baton/contracts/subjects.ts';
import { type OpenNats, openNats } from '@baton/testkit/servers.ts';
import { Objm } from '@nats-io/obj';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bus, connectBus, serverOptions } from '../src/connect.ts';
import { declareStreams, defaultStreamSettings } from '../src/streams.ts';

let dir: string;
let nats: OpenNats;
let operator: Bus;

const settings = { ...defaultStreamSettings, inboundMaxBytes: 1e8, eventsMaxBytes: 1e8 };

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'baton-rights-'));
  const passwords = Object.fromEntries(busUsers.map((user) => [user, `secret of ${user}/@:`])) as Record<BusUser, string>;
  nats = await openNats(dir, '2m', passwords);
  operator = await connectBus({ url: nats.url, name: 'operator' });
  await declareStreams(operator, settings);
  await operator.jsm.streams.add({ name: `KV_${directoryBucket}`, subjects: [`$KV.${directoryBucket}.>`] });
  await operator.jsm.consumers.add('EVENTS', { durable_name: 'dispatcher-turns' });
});
afterAll(async () => {
  await operator?.[Symbol.asyncDispose]();
  await nats?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Which of these the server refuses to the user; subjects to publish to and to hear. */
async function refused(user: BusUser, o: { publish: string[]; subscribe: string[] }): Promise<{ publish: string[]; subscribe: string[] }> {
  const nc: NatsConnection = await connect(serverOptions(nats.urlOf(user)));
  const found = { publish: new Set<string>(), subscription: new Set<string>() };
  const watching = (async () => {
    for await (const change of nc.status())
      if (change.type === 'error' && change.error instanceof PermissionViolationError)
        found[change.error.operation].add(change.error.subject);
  })();
  for (const subject of o.subscribe) nc.subscribe(subject, { callback: () => undefined });
  for (const subject of o.publish) nc.publish(subject, '{}');
  // Errors come before the answer to this.
  await nc.flush();
  await nc.close();
  await watching;
  return {
    publish: o.publish.filter((one) => found.publish.has(one)),
    subscribe: o.subscribe.filter((one) => found.subscription.has(one)),
  };
}

/** Ways to what a stream holds, to its order, or to its end. */
const waysInto = (stream: string) => [
  `$JS.API.CONSUMER.CREATE.${stream}`,
  `$JS.API.CONSUMER.CREATE.${stream}.mine`,
  `$JS.API.CONSUMER.CREATE.${stream}.mine.message.>`,
  `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.mine`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.dispatcher-turns`,
  `$JS.API.CONSUMER.DELETE.${stream}.dispatcher-turns`,
  `$JS.API.CONSUMER.LIST.${stream}`,
  `$JS.API.STREAM.MSG.GET.${stream}`,
  `$JS.API.STREAM.MSG.DELETE.${stream}`,
  `$JS.API.DIRECT.GET.${stream}`,
  `$JS.API.DIRECT.GET.${stream}.message.received.p00.acc.cnv`,
  `$JS.API.STREAM.SNAPSHOT.${stream}`,
  `$JS.ACK.${stream}.dispatcher-turns.1.1.1.1.0`,
];
const endsOf = (stream: string) => [`$JS.API.STREAM.DELETE.${stream}`, `$JS.API.STREAM.PURGE.${stream}`];
const changesOf = (stream: string) => [`$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.UPDATE.${stream}`];
const directory = `KV_${directoryBucket}`;
const anyService = {
  publish: [
    `$JS.API.STREAM.DELETE.INBOUND`,
    `$JS.API.STREAM.DELETE.EVENTS`,
    ...endsOf(directory),
    // A stream of one's own could take in what others hold.
    ...changesOf('COPY'),
    '$JS.API.STREAM.LIST',
    '$JS.API.STREAM.NAMES',
    '$JS.API.ACCOUNT.PURGE.x',
    '$SYS.REQ.SERVER.PING',
  ],
  subscribe: [
    '>',
    '*.>',
    '_INBOX.>',
    '$JS.>',
    '$KV.>',
    '$SYS.>',
    'inbound.>',
    'message.>',
    'conversation.>',
    'dispatch.>',
    'send.>',
    'webhook.>',
  ],
};
const inboxesBut = (user: BusUser) => busUsers.filter((one) => one !== user).map((one) => `_INBOX.${one}.>`);

const forbidden: Record<Exclude<BusUser, 'operator'>, { publish: string[]; subscribe: string[] }> = {
  ingest: {
    publish: [
      ...waysInto('EVENTS'),
      ...waysInto('INBOUND'),
      ...endsOf('INBOUND'),
      ...endsOf('EVENTS'),
      ...changesOf('EVENTS'),
      ...changesOf(directory),
      '$JS.API.STREAM.INFO.EVENTS',
      'message.received.p00.acc.cnv',
      'conversation.mode_changed.p00.acc.cnv',
      'dispatch.ready.p00.acc.cnv',
      'send.ready.p00.acc.cnv',
      `$KV.${directoryBucket}.agent.agt`,
      'baton.access.changed',
      'baton.wake.webhooks',
    ],
    subscribe: ['baton.>', 'conversation.mode_changed.>'],
  },
  'conversation-state': {
    publish: [...waysInto('EVENTS'), 'webhook.disabled.p00.acc.whk', 'baton.access.changed', 'simulator.chn.x'],
    subscribe: ['baton.access.changed', 'conversation.mode_changed.>'],
  },
  dispatcher: {
    publish: [
      ...waysInto('INBOUND'),
      ...endsOf('INBOUND'),
      ...endsOf('EVENTS'),
      ...changesOf('INBOUND'),
      ...changesOf(directory),
      'inbound.message.p00.acc.chn',
      'message.received.p00.acc.cnv',
      'conversation.mode_changed.p00.acc.cnv',
      `$KV.${directoryBucket}.agent.agt`,
      'baton.access.changed',
    ],
    subscribe: ['baton.access.changed'],
  },
  gateway: {
    publish: [
      ...waysInto('INBOUND'),
      ...endsOf('INBOUND'),
      ...changesOf(directory),
      ...endsOf('EVENTS'),
      ...changesOf('EVENTS'),
      ...changesOf('INBOUND'),
      '$JS.ACK.EVENTS.dispatcher-turns.1.1.1.1.0',
      '$JS.API.STREAM.MSG.GET.EVENTS',
      'inbound.message.p00.acc.chn',
      'message.received.p00.acc.cnv',
      'send.ready.p00.acc.cnv',
      `$KV.${directoryBucket}.agent.agt`,
      'baton.wake.webhooks',
    ],
    subscribe: ['conversation.mode_changed.>', 'baton.wake.>'],
  },
};

test.each(Object.keys(forbidden) as (keyof typeof forbidden)[])('%s may not do what it has no use for', async (user) => {
  const tried = {
    publish: [...anyService.publish, ...forbidden[user].publish],
    subscribe: [...anyService.subscribe, ...inboxesBut(user), ...forbidden[user].subscribe],
  };
  expect(await refused(user, tried)).toEqual(tried);
});

test('who names no user, an unknown one or a wrong password is not let in', async () => {
  const { host } = new URL(nats.url);
  for (const login of ['', 'ingest:guess@', 'nobody:guess@', 'ingest:@'])
    await expect(connect({ ...serverOptions(`nats://${login}${host}`), reconnect: false })).rejects.toThrow(/authorization/i);
});

test('what the server refuses is logged with the subject, not waited for in silence', async () => {
  const lines: object[] = [];
  const logger = { error: (line: object) => void lines.push(line) };
  await using bus = await connectBus({ url: nats.urlOf('ingest'), name: 'test', logger: logger as never });
  await expect(bus.jsm.streams.info('EVENTS')).rejects.toThrow();
  expect(lines).toEqual([{ operation: 'publish', subject: '$JS.API.STREAM.INFO.EVENTS' }]);
});

test('a service that may declare only its own stream does', async () => {
  await using bus = await connectBus({ url: nats.urlOf('ingest'), name: 'test' });
  await operator.jsm.streams.delete('INBOUND');
  await declareStreams(bus, settings, 'INBOUND');
  expect((await operator.jsm.streams.info('INBOUND')).config.subjects).toEqual(['inbound.>']);
});

test('ingest keeps files and finds them again, which the others may not', async () => {
  await using bus = await connectBus({ url: nats.urlOf('ingest'), name: 'test' });
  const store = await new Objm(bus.js).create(filesBucket, { max_bytes: 1e7 });
  for (const text of ['first', 'second']) await store.putBlob({ name: 'chn/one' }, Buffer.from(text));
  expect(Buffer.from((await store.getBlob('chn/one'))!).toString()).toBe('second');
  await store.delete('chn/one');
  const ways = { publish: [...waysInto(`OBJ_${filesBucket}`), `$O.${filesBucket}.C.x`], subscribe: [`$O.${filesBucket}.>`] };
  for (const user of ['dispatcher', 'gateway'] as const) expect(await refused(user, ways)).toEqual(ways);
});
