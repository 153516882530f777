import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { newId, uuidOfId } from '@baton/contracts/ids.ts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenBodies, contentTypes, encode, fuzz, garbage, headerText, headLines, type Pool, type Schema } from './arbitrary.ts';
import { type Bench, call, partnerKey, startBench } from './support.ts';

let bench: Bench;
let key: string;
let document: Schema;
/** Values that exist and fit, and the same with others among them. */
const sound: Pool = {};
const mixed: Pool = {};
const validators = new Map<string, ValidateFunction>();
let ajv: Ajv2020;
const client = new Agent({ connections: 8, pipelining: 1 });

beforeAll(async () => {
  const unlimited = '1000000';
  bench = await startBench(
    {
      BATON_RATE_LIMIT_PER_SECOND: unlimited,
      BATON_RATE_LIMIT_BURST: unlimited,
      BATON_AUTH_FAILURES_PER_SECOND: unlimited,
      BATON_AUTH_FAILURES_BURST: unlimited,
    },
    true,
  );
  document = (await call(bench.gateway, { path: '/openapi.json' })).body;
  ajv = (addFormats as unknown as (ajv: Ajv2020) => Ajv2020)(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema({ ...document, $id: 'openapi' });

  const made = await call(bench.gateway, { path: '/v1/workspaces', method: 'POST', key: partnerKey, body: { name: 'Fuzz' } });
  key = made.body.api_key;
  const post = (path: string, body: unknown) => call(bench.gateway, { path, method: 'POST', key, body });
  const agent = (await post('/v1/agents', { display_name: 'A' })).body.agent_id;
  const channel = (await post('/v1/channels', { provider: 'simulator', channel: 'sms', address: '+15550177', agent_id: agent })).body
    .channel_account_id;
  // The first one is changed at random; sends go out by these.
  await post('/v1/channels', { provider: 'simulator', channel: 'sms', address: '+15550100', agent_id: agent });
  await post('/v1/channels', { provider: 'simulator', channel: 'whatsapp', address: '+15550100', agent_id: agent });
  const media_url = `${bench.gateway.url}/llms.txt`;
  const sent = (await post('/v1/messages', { agent_id: agent, channel: 'sms', to_number: '+15550123', body: 'x', media_url })).body;
  // Nothing else writes to this one, so it stays on SMS and can always be written to.
  await post('/v1/messages', { agent_id: agent, channel: 'sms', to_number: '+15550150', body: 'x' });
  const keys = (path: string, asker: string) =>
    many(40, async () => {
      const body = { name: 'x', scopes: ['read'] };
      return (await call(bench.gateway, { path, method: 'POST', key: asker, body })).body.api_key_id as string;
    });
  const user = async (email: string, role: string) => (await post('/v1/users', { email, display_name: 'U', role })).body.user_id as string;
  const owner = await user('owner@example.com', 'owner');
  const users = await many(40, (i) => user(`u${i}@example.com`, 'viewer'));
  const sessions = (of: string) =>
    many(20, async () => {
      const { token } = (await post(`/v1/users/${of}/sign-in-links`, {})).body;
      return (await post('/v1/sessions', { one_time_token: token })).body.session_id as string;
    });
  // Contacts that were talked to: they can be merged, and only an erasure takes them away.
  const contacts: string[] = [];
  for (const to of ['+15550123', '+15550124']) {
    const { conversation_id } = (await post('/v1/messages', { agent_id: agent, channel: 'sms', to_number: to, body: 'x' })).body;
    contacts.push((await call(bench.gateway, { path: `/v1/conversations/${conversation_id}`, key })).body.contact.contact_id);
  }
  const canned = await many(40, async (i) => (await post('/v1/canned-replies', { shortcut: `c${i}`, title: 'C', text: 'C' })).body);
  const tags = Array.from({ length: 40 }, (_, i) => `tag ${i}`);
  const labelled = (await post('/v1/messages', { agent_id: agent, channel: 'sms', to_number: '+15550153', body: 'x' })).body
    .conversation_id;
  await call(bench.gateway, { path: `/v1/conversations/${labelled}`, method: 'PATCH', key, body: { tags } });
  // Of a customer who is not erased meanwhile.
  const notes = await many(40, async () => (await post(`/v1/conversations/${labelled}/notes`, { text: 'N' })).body.note_id);
  const webhook = (await post('/v1/webhooks', { url: 'http://127.0.0.1:9/', event_types: ['message.opt_out'] })).body.webhook_endpoint_id;
  const delivery = (await post(`/v1/webhooks/${webhook}/test`, {})).body.delivery_id;
  // Closing is for good: it has one of its own.
  const closing = (await post('/v1/messages', { agent_id: agent, channel: 'sms', to_number: '+15550151', body: 'x' })).body.conversation_id;
  // Deleting is for good as well.
  const useless = await Promise.all(Array.from({ length: 5 }, async () => (await post('/v1/agents', { display_name: 'B' })).body.agent_id));
  // Of an agent that stays: those of a deleted one are gone with it.
  const channels = await Promise.all(
    useless.map(async (_, i) => {
      const body = { provider: 'simulator', channel: 'sms', address: `+1555018${i}`, agent_id: agent };
      return (await post('/v1/channels', body)).body.channel_account_id;
    }),
  );
  const strange = ['x', 'conv_', '%00', '..%2f', encodeURIComponent('😀'), 'a'.repeat(150), 'null'];
  Object.assign(sound, {
    agent_id: [agent],
    channel_account_id: [channel],
    conversation_id: [sent.conversation_id],
    'deskCloseConversation.conversation_id': [closing],
    'deleteAgent.agent_id': useless,
    'deleteChannel.channel_account_id': channels,
    status: ['active', 'completed', 'escalated', 'abandoned', 'archived', 'open', 'resolved'],
    message_id: [sent.message_id],
    index: ['0'],
    dispatch_id: [newId('dispatch')],
    suggestion_id: [newId('dispatch')],
    dead_letter_id: [newId('deadLetter')],
    webhook_endpoint_id: [webhook],
    delivery_id: [delivery],
    replay_id: [(await post('/v1/replays', { agent_id: agent, backend: { kind: 'echo' } })).body.replay_id],
    conversation_ids: [sent.conversation_id],
    agent_ids: [agent],
    workspace_id: [made.body.workspace_id],
    user_id: users,
    session_id: await sessions(owner),
    'baton-user': [owner],
    'x-csrf-token': ['x'],
    email: ['new@example.com', 'NEW@example.com', 'u1@example.com'],
    api_key_id: await keys('/v1/api-keys', key),
    partner_key_id: await keys('/v1/partner-keys', partnerKey),
    contact_id: contacts,
    contactId: [uuidOfId('contact', newId('contact'))],
    lead_id: [uuidOfId('contact', newId('contact'))],
    customer_id: [newId('contact')],
    customer_phone: ['+15550152'],
    customer_email: ['ada@example.com'],
    account_id: [made.body.workspace_id],
    phone: ['+15550150', '%2B15550150'],
    to_number: ['+15550123', '+15550199', 'whatsapp:+15550123'],
    to: ['+15550123', '+15550124'],
    from_number: ['+15550100'],
    from: ['+15550100', ...contacts],
    attribute: ['lead_status:new'],
    address: ['+15550100', '+15550177'],
    canned_reply_id: canned.map((one) => one.canned_reply_id),
    note_id: notes,
    'updateNote.conversation_id': [labelled],
    'deleteNote.conversation_id': [labelled],
    taken_over_by: [owner],
    shortcut: Array.from({ length: 40 }, (_, i) => `new${i}`),
    'renameTag.tag_name': tags.slice(0, 20).map(encodeURIComponent),
    'deleteTag.tag_name': tags.slice(20).map(encodeURIComponent),
    provider: ['simulator'],
    channel: ['sms'],
    ai_mode: ['ai', 'human'],
    query: ['x', 'hello'],
    format: ['json'],
    limit: ['1', 'all'],
    kind: ['echo'],
    language: ['en', 'pt-BR'],
    display_name: ['Clara'],
    secret: [`whsec_${Buffer.alloc(32, 1).toString('base64')}`],
    url: ['https://files.example.com/a?b=c'],
    'idempotency-key': Array.from({ length: 50 }, (_, i) => `key-${i}`),
    'if-match': ['*'],
    'if-none-match': ['"x"'],
  });
  for (const [name, values] of Object.entries(sound)) mixed[name] = [...values, ...values, ...strange];
  Object.assign(mixed, {
    agent_id: [agent, newId('agent'), newId('conversation'), ...strange],
    to_number: ['+15550123', 'nobody@example.com', '12', '+0'],
    channel: ['sms', 'whatsapp', 'email', 'web'],
    provider: ['simulator', 'http', 'twilio', 'meta'],
    ai_mode: ['ai', 'human'],
    page_token: ['x', 'AAAA', '_'.repeat(60)],
  });
});
afterAll(async () => {
  await client.close();
  await bench[Symbol.asyncDispose]();
});

const many = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

test('the document is OpenAPI 3.1 with named schemas, an operation id, a tag and problems everywhere', async () => {
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['Conversation', 'Message', 'Problem', 'Agent', 'SendMessage']),
  );
  expect(Object.keys(document.components.securitySchemes)).toEqual(['apiKey', 'partnerKey', 'session', 'streamToken']);
  const ids = new Set<string>();
  for (const { method, path, operation } of operations()) {
    expect(operation.operationId, `${method} ${path}`).toBeTruthy();
    expect(operation.tags, path).toHaveLength(1);
    const { $ref } = operation.responses.default.content[errorType(path)].schema;
    if (path.startsWith('/v1/')) expect($ref).toBe('#/components/schemas/Problem');
    else expect($ref, path).toMatch(/Error$/);
    ids.add(operation.operationId);
  }
  expect(ids.size).toBe(operations().length);
  expect(JSON.stringify(document)).not.toMatch(/def-\d/);
  for (const name of Object.keys(document.components.schemas))
    expect(() => ajv.compile({ $ref: `openapi#/components/schemas/${name}` })).not.toThrow();
});

test('the reference is served from this installation alone', async () => {
  const page = await call(bench.gateway, { path: '/docs/' });
  expect(page.status).toBe(200);
  expect(page.body).not.toMatch(/(?:src|href)="https?:/);
  const [, script] = /<script src="([^"]+)"/.exec(page.body)!;
  expect((await call(bench.gateway, { path: `/docs/${script}` })).status).toBe(200);
});

test('what is committed under docs/ is what a gateway serves', async () => {
  const committed = (file: string) => readFileSync(path.resolve(import.meta.dirname, '../../../docs', file), 'utf8');
  expect(document).toEqual(JSON.parse(committed('openapi.json')));
  for (const file of ['llms.txt', 'llms-full.txt', 'asyncapi.yaml'])
    expect((await call(bench.gateway, { path: `/${file}` })).body).toBe(committed(file));
});

test('whatever is sent, the answer is no fault: a problem as documented, or a success of the documented shape', async () => {
  // What changes or deletes the things that others are asked about comes last.
  const rank = ({ method }: Operation) => ['PATCH', 'DELETE'].indexOf(method);
  const all = operations()
    .filter((one) => !one.path.endsWith('/stream'))
    .sort((a, b) => rank(a) - rank(b));
  const never = new Map<string, string>();
  for (const one of all) {
    let succeeded = false;
    const attempt = async (sent: Sent) => {
      const answer = await send(one, sent);
      succeeded ||= answer.status < 300;
      verify(one, answer);
      return answer;
    };
    const property = fc.asyncProperty(requestFor(one), async (sent) => void (await attempt(sent)));
    await fc.assert(property, { numRuns: 60, reporter: report });
    // A property that is only ever refused shows nothing about answers: what chance has not let through is asked again, soundly.
    for (const sent of fc.sample(soundRequest(one), 300)) {
      if (succeeded) break;
      never.set(one.operation.operationId, (await attempt(sent)).text);
    }
    if (succeeded) never.delete(one.operation.operationId);
  }
  const known = [
    // For people who are signed in, which programs are not: test/sessions.int.test.ts.
    ...['changePassword', 'createSession', 'deleteCurrentSession', 'getCurrentSession', 'setPassword'],
    // Where people have a provider of their own: test/oidc.int.test.ts.
    ...['finishOidc', 'startOidc'],
    ...['dropDeadLetter', 'dropSuggestion', 'replyToDispatch', 'retryDeadLetter', 'sendSuggestion'],
  ];
  expect([...never].filter(([id]) => !known.includes(id))).toEqual([]);
  expect([...never.keys()].sort()).toEqual(known.sort());
}, 600_000);

test('bytes that are not HTTP get 400 or silence, and the gateway lives on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), headLines), async (bytes) => {
      const text = await new Promise<string>((resolve) => {
        const socket = connect(bench.gateway.port, '127.0.0.1');
        let read = '';
        socket.on('data', (data) => {
          read += data.toString('latin1');
        });
        socket.on('error', () => resolve(read));
        socket.on('close', () => resolve(read));
        socket.end(bytes);
      });
      expect(text).not.toMatch(/^HTTP\/1.1 5/);
    }),
    { numRuns: 100 },
  );
  expect((await call(bench.gateway, { path: '/healthz' })).status).toBe(200);
});

/** fast-check's own report overflows the stack on bodies as deep as the ones that are sent here. */
function report({ failed, seed, counterexamplePath, counterexample, errorInstance }: fc.RunDetails<[Sent]>): void {
  if (!failed) return;
  const sent = JSON.stringify(counterexample)?.slice(0, 4000);
  throw new Error(`seed ${seed}, path ${counterexamplePath}: ${sent}\n${String(errorInstance)}`, { cause: errorInstance });
}

interface Operation {
  method: string;
  path: string;
  operation: Schema;
}

function operations(): Operation[] {
  return Object.entries(document.paths as Record<string, Record<string, Schema>>)
    .filter(([path]) => /^\/(?:v1|dialects)\//.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'head')
        .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
}

/** A dialect says what went wrong in its own shape. */
function errorType(path: string): string {
  return path.startsWith('/v1/') ? 'application/problem+json' : 'application/json';
}

interface Sent {
  path: string[];
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  body: unknown;
  raw: string | undefined;
  type: string;
}

function requestFor(one: Operation): fc.Arbitrary<Sent> {
  return fc.oneof({ weight: 1, arbitrary: soundRequest(one) }, { weight: 2, arbitrary: wildRequest(one) });
}

function soundRequest(one: Operation): fc.Arbitrary<Sent> {
  return parts(one, { document, pool: sound, spoil: 0 }).map((sent) => {
    const { page_token, ...query } = sent.query;
    return { ...sent, query, raw: undefined, type: 'application/json' };
  });
}

function wildRequest(one: Operation): fc.Arbitrary<Sent> {
  const hasBody = one.operation.requestBody !== undefined;
  return fc
    .record({
      sent: parts(one, { document, pool: mixed, spoil: 8 }),
      query: fc.option(fc.dictionary(fc.string({ maxLength: 10 }), garbage, { maxKeys: 3 }), { freq: 9, nil: undefined }),
      raw: fc.option(fc.constantFrom(...brokenBodies), { freq: 15, nil: undefined }),
      type: fc.option(fc.constantFrom(...contentTypes), { freq: 12, nil: 'application/json' }),
    })
    .map(({ sent, query, raw, type }) => ({ ...sent, query: query ?? sent.query, raw: hasBody ? raw : undefined, type }));
}

interface Range {
  document: Schema;
  pool: Pool;
  spoil: number;
}

function parts({ path, operation }: Operation, at: Range): fc.Arbitrary<Sent> {
  const parameters: Schema[] = operation.parameters ?? [];
  const part = (where: string) =>
    fc.record(
      Object.fromEntries(
        parameters.filter((one) => one.in === where).map((one) => [one.name, fuzz(one.schema, { ...at, name: one.name })]),
      ),
      { requiredKeys: [] },
    );
  const body = operation.requestBody?.content['application/json'].schema;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  return fc.record({
    path: fc.tuple(...names.map((name) => fc.constantFrom(...(at.pool[`${operation.operationId}.${name}`] ?? at.pool[name]!)))),
    query: part('query'),
    headers: part('header'),
    body: body ? fuzz(body, at) : fc.constant(undefined),
    raw: fc.constant(undefined),
    type: fc.constant('application/json'),
  }) as fc.Arbitrary<Sent>;
}

async function send({ method, path, operation }: Operation, sent: Sent) {
  let index = 0;
  const filled = path.replace(/\{\w+\}/g, () => sent.path[index++]!);
  const query = Object.entries(sent.query).map(
    ([name, value]) => `${encode(name)}=${encode(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  const hasBody = operation.requestBody !== undefined;
  const response = await request(`${bench.gateway.url}${filled}${query.length > 0 ? `?${query.join('&').slice(0, 8000)}` : ''}`, {
    method: method as 'GET',
    dispatcher: client,
    headers: {
      // What only partners do takes a partner's key, which names a workspace everywhere else.
      authorization: `Bearer ${path === '/v1/workspaces' || path.startsWith('/v1/partner-keys') ? partnerKey : key}`,
      ...(hasBody && sent.type !== '' && { 'content-type': sent.type }),
      ...Object.fromEntries(
        Object.entries(sent.headers)
          .filter(([name]) => name !== 'baton-workspace')
          .map(([name, value]) => [name, headerText(value)]),
      ),
    },
    ...(hasBody && { body: sent.raw ?? JSON.stringify(sent.body ?? null) }),
  });
  return { status: response.statusCode, type: String(response.headers['content-type'] ?? ''), text: await response.body.text() };
}

function verify({ method, path, operation }: Operation, answer: { status: number; type: string; text: string }): void {
  const where = `${method} ${path} answered ${answer.status} ${answer.text.slice(0, 300)}`;
  expect(answer.status, where).toBeLessThan(500);
  // A file has whatever type it has.
  if (answer.status === 200 && operation.responses[200]?.content['*/*']) return;
  const type = answer.status < 300 ? 'application/json' : errorType(path);
  expect(answer.type.split(';')[0], where).toBe(type);
  const response = answer.status < 300 ? answer.status : 'default';
  const content = type.replaceAll('/', '~1');
  const pointer = `paths/${path.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${response}/content/${content}/schema`;
  if (answer.status < 300) expect(Object.keys(operation.responses), where).toContain(String(answer.status));
  let validate = validators.get(pointer);
  if (!validate) {
    validate = ajv.compile({ $ref: `openapi#/${encodeURI(pointer)}` });
    validators.set(pointer, validate);
  }
  const body = JSON.parse(answer.text);
  expect(validate(body) ? undefined : validate.errors, where).toBeUndefined();
  if (answer.status >= 400 && path.startsWith('/v1/')) expect(body.status, where).toBe(answer.status);
}
