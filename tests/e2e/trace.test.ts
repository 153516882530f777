import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import { type FakeProvider, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leadCanaries } from '../support/canaries/run.ts';
import { type Collector, type Span, startCollector } from '../support/otlp-collector.ts';
import { type Running, startProduct } from '../support/start.ts';
import { SseReader } from '../support/streams/sse.ts';
import { deliver, signedByTwilio } from '../support/webhooks.ts';
import { type Account, makeWorkspace } from '../support/workspace.ts';

const secret = `whsec_${Buffer.alloc(24, 4).toString('base64')}`;
const twilio = { account_sid: `AC${'a'.repeat(32)}`, auth_token: '0123456789abcdef0123456789abcdef' };
const customer = '+12025550177';
const text = 'Ultramarine hippopotamus';

let collector: Collector;
let ai: FakeAi;
let provider: FakeProvider;
let running: Running;
let account: Account;
/** Everything that was recorded from the provider's POST on. */
let spans: Span[];
let trace: Span[];
let key: string;

beforeAll(async () => {
  collector = await startCollector();
  ai = await startFakeAi({ secret });
  provider = await startFakeProvider({ twilio });
  running = await startProduct({ env: { ...collector.env, BATON_LOG_LEVEL: 'trace' } });
  const workspace = await makeWorkspace(running.product, { backend: { kind: 'webhook', url: ai.url, secret } });
  const credentials = { ...twilio, api_base: provider.url };
  account = await workspace.addChannel({ provider: 'twilio', channel: 'sms', address: '+12025550178', credentials });
  key = workspace.key;
  const before = collector.spans.length;
  const form = { MessageSid: 'SMtraced', From: customer, To: account.address, Body: text, ProfileName: 'Zebedee', NumMedia: '0' };
  expect((await deliver(signedByTwilio(twilio.auth_token, account.webhook_url, form))).status).toBe(200);
  await provider.waitForAccepted(1);
  await eventually(async () => (await workspace.conversationOf(customer)).message_count === 2);
  const root = await eventually(
    () => collector.spans.slice(before).find(({ service, kind }) => service === 'baton-ingest' && kind === 2),
    Boolean,
    {
      what: 'the span of the POST',
    },
  );
  const recorded = (): Span[] => collector.spans.slice(before).filter(({ traceId }) => traceId === root?.traceId);
  // Each process sends its spans in its own time, children before their parents: complete is a trace when both ends of the last RPC are there and nothing hangs in the air.
  await eventually(
    () => ({ orphans: orphansOf(recorded()), names: recorded().map(({ name }) => name) }),
    ({ orphans, names }) => orphans.length === 1 && names.filter((name) => name.includes('RecordSends')).length === 2,
    { timeoutMs: 15_000, what: 'the whole trace' },
  );
  spans = collector.spans.slice(before);
  trace = spans.filter(({ traceId }) => traceId === root?.traceId);
}, 60_000);

afterAll(async () => {
  await running?.[Symbol.asyncDispose]();
  await ai?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
  await collector?.[Symbol.asyncDispose]();
});

test('one inbound message is one trace, from the provider’s POST to the send', () => {
  const services = new Set(trace.map(({ service }) => service));
  expect([...services].sort()).toEqual(['baton-conversation-state', 'baton-dispatcher', 'baton-ingest']);
  const work = spans.filter(({ service }) => service === 'baton-dispatcher');
  expect(new Set(work.map(({ traceId }) => traceId))).toEqual(new Set(trace.slice(0, 1).map(({ traceId }) => traceId)));
});

test('every span of it hangs on another one, up to the POST', () => {
  expect(orphansOf(trace)).toEqual([expect.stringMatching(/^baton-ingest POST/)]);
});

test('it shows SQL, gRPC on both sides, the AI call and the provider’s', () => {
  const of = (service: string): Span[] => trace.filter((span) => span.service === service);
  const textOf = (list: Span[]): string => list.map(({ name, attributes }) => `${name} ${JSON.stringify(attributes)}`).join('\n');
  expect(of('baton-conversation-state').some(({ attributes }) => Object.keys(attributes).some((key) => key.startsWith('db.')))).toBe(true);
  for (const rpc of ['BeginTurns', 'CommitReplies', 'RecordSends']) {
    expect(of('baton-dispatcher').filter(({ name, kind }) => kind === 3 && name.includes(rpc)).length).toBe(1);
    expect(of('baton-conversation-state').filter(({ name, kind }) => kind === 2 && name.includes(rpc)).length).toBe(1);
  }
  const out = of('baton-dispatcher').filter(
    ({ kind, attributes }) => kind === 3 && Object.keys(attributes).some((key) => key.startsWith('url.') || key.startsWith('http.')),
  );
  expect(textOf(out)).toContain(new URL(ai.url).port);
  expect(textOf(out)).toContain(new URL(provider.url).port);
});

test('the AI backend is told the trace it belongs to', () => {
  expect(ai.calls[0]?.headers['traceparent']).toContain(trace[0]?.traceId);
});

test('no span and no log line holds what the customer wrote, who it is, or a secret', async () => {
  // Both put into the address what should not be seen: a message by GET, a stream's key.
  const [gateway] = running.product.gatewayUrls;
  await (await SseReader.open(`${gateway}/v1/stream?token=${key}`))[Symbol.asyncDispose]();
  const query = new URLSearchParams({ MessageSid: 'SMbyGet', From: customer, To: account.address, Body: text });
  const url = `${account.webhook_url}?${query}`;
  const { headers } = signedByTwilio(twilio.auth_token, url, {});
  expect((await fetch(url, { headers: { 'x-twilio-signature': headers['x-twilio-signature'] ?? '' } })).status).toBe(200);
  await provider.waitForAccepted(2);
  for (const service of ['baton-ingest', 'baton-gateway']) {
    await eventually(
      () => collector.spans.some((span) => span.service === service && span.attributes['url.query'] !== undefined),
      Boolean,
      {
        what: `a span of ${service} with a query`,
      },
    );
  }

  const secrets = [
    key,
    text,
    'hippopotamus',
    customer,
    customer.slice(1),
    encodeURIComponent(customer),
    'Zebedee',
    twilio.auth_token,
    secret,
    running.product.partnerKey,
  ];
  const logs = readdirSync(running.product.logsDir).filter((file) => !/nats|postgres/.test(file));
  const logged = logs.map((file) => readFileSync(path.join(running.product.logsDir, file), 'utf8')).join('\n');
  for (const word of secrets) {
    expect(collector.spans.filter(({ raw }) => raw.includes(word)).map(({ service, name }) => `${service} ${name}: ${word}`)).toEqual([]);
    expect(logged.split('\n').filter((line) => line.includes(word))).toEqual([]);
  }
  // The logs of the same work can be found by its trace.
  expect(logged).toContain(trace[0]?.traceId);
});

test('nothing that a customer, an operator, an AI, a provider or a subscriber said stands in a log, a metric or a span, whatever goes wrong', async () => {
  const canaries = await leadCanaries(running.product);
  expect(canaries.size).toBeGreaterThan(60);
  const { stack } = running;
  const metrics = await Promise.all(stack.services.map(async ({ opsUrl }) => await (await fetch(`${opsUrl}/metrics`)).text()));
  expect(canaries.foundIn(metrics.join('\n'))).toEqual([]);
  // The lines of all that are in hand must be there before they are looked at.
  await running.stack.stop();
  // Those of nats-server and Postgres too.
  const logs = readdirSync(running.product.logsDir).map((file) => readFileSync(path.join(running.product.logsDir, file), 'utf8'));
  for (const service of ['conversation-state', 'dispatcher', 'ingest', 'gateway'])
    expect(logs.join('')).toContain(`"service":"${service}"`);
  expect(canaries.foundIn(logs.join('\n'))).toEqual([]);
  expect(canaries.foundIn(collector.spans.map(({ raw }) => raw).join('\n'))).toEqual([]);
}, 90_000);

function orphansOf(list: Span[]): string[] {
  const ids = new Set(list.map(({ spanId }) => spanId));
  return list.filter(({ parentSpanId }) => !ids.has(parentSpanId)).map(({ service, name, kind }) => `${service} ${name} (kind ${kind})`);
}
