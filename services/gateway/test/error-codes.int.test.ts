import { createServer } from 'node:net';
import { type ErrorCode, errorCodes } from '@baton/errors/codes.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from '../src/service.ts';
import { problemIn, raw } from './raw.ts';
import { type Answer, type Bench, call, configFor, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;

beforeAll(async () => {
  bench = await startBench({}, true);
  w = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** What a client has to do, or what has to happen, for each code to be its answer. A code that nobody can get does not belong into the table. */
const ways: Record<ErrorCode, () => Promise<Pick<Answer, 'body'> & Partial<Answer>>> = {
  validation_error: () => w.post('/v1/agents', { colour: 'red' }),
  malformed_request: () => call(bench.gateway, { path: '/v1/agents', method: 'POST', key: w.key, body: '{' }),
  invalid_page_token: () => w.get('/v1/agents?page_token=made-up'),
  unauthorized: () => call(bench.gateway, { path: '/v1/agents' }),
  invalid_signature: badlySigned,
  forbidden: async () => call(bench.gateway, { path: '/v1/api-keys', key: await bench.key(w.workspaceId, ['read']) }),
  not_found: () => w.get('/v1/agents/agt_x'),
  method_not_allowed: () => call(bench.gateway, { path: '/v1/agents', method: 'DELETE', key: w.key }),
  request_timeout: async () => {
    await using impatient = await startService({ ...bench.config, http: { ...bench.config.http, requestTimeoutMs: 400 } });
    return { body: problemIn(await raw(impatient.port, 'GET /v1/agents HTTP/1.1\r\nhost: x\r\n')) };
  },
  conversation_closed: async () => {
    const path = `/v1/conversations/${await w.customerWrites(newCustomer())}`;
    await w.patch(path, { ai_mode: 'closed' });
    return w.post(`${path}/messages`, { body: 'Too late' });
  },
  conflict: async () => {
    const person = { email: 'ada@example.com', display_name: 'Ada', role: 'operator' };
    await w.post('/v1/users', person);
    return w.post('/v1/users', person);
  },
  in_use: () => remove(`/v1/agents/${w.agentId}`),
  last_admin_key: async () => {
    const { api_keys } = (await w.get('/v1/api-keys')).body;
    return remove(`/v1/api-keys/${api_keys.find((one: { scopes: string[] }) => one.scopes.includes('admin')).api_key_id}`);
  },
  last_owner: async () => {
    const { user_id } = (await w.post('/v1/users', { email: 'olive@example.com', display_name: 'Olive', role: 'owner' })).body;
    return remove(`/v1/users/${user_id}`);
  },
  idempotency_in_progress: askedWhileItRuns,
  dispatch_settled: settledDispatch,
  suggestion_settled: async () => {
    const { id, post } = await suggestion();
    await post(`/v1/suggestions/${id}/drop`);
    return post(`/v1/suggestions/${id}/drop`);
  },
  suggestion_stale: async () => {
    const { id, customer, post, customerWrites } = await suggestion();
    await customerWrites(customer, 'One more');
    return post(`/v1/suggestions/${id}/send`);
  },
  epoch_mismatch: async () =>
    w.patch(`/v1/conversations/${await w.customerWrites(newCustomer())}`, { ai_mode: 'human' }, { 'if-match': '"99"' }),
  payload_too_large: () => w.post('/v1/agents', { display_name: 'x'.repeat(1024 * 1024) }),
  unsupported_media_type: () =>
    call(bench.gateway, { path: '/v1/agents', method: 'POST', key: w.key, body: '', headers: { 'content-type': 'text/plain' } }),
  idempotency_mismatch: async () => {
    const send = (display_name: string) => w.post('/v1/agents', { display_name }, { 'idempotency-key': 'one of two' });
    await send('One');
    return send('Two');
  },
  window_expired: () => send({ channel: 'whatsapp' }),
  content_unsupported: async () => {
    const credentials = { account_sid: `AC${'0'.repeat(32)}`, auth_token: 'x' };
    await w.post('/v1/channels', { provider: 'twilio', channel: 'sms', address: '+14155550198', agent_id: w.agentId, credentials });
    return send({ from_number: '+14155550198', body: 'Long. '.repeat(3000) });
  },
  recipient_opted_out: async () => {
    const to_number = newCustomer();
    await call(bench.gateway, { path: `/v1/opt-outs/${to_number}`, method: 'PUT', key: w.key, body: { agent_id: w.agentId } });
    return send({ to_number });
  },
  channel_unavailable: () => send({ channel: 'telegram', to_number: '4711' }),
  egress_refused: () => w.post('/v1/webhooks', { url: 'http://169.254.169.254/latest/meta-data/' }),
  rate_limited: async () => {
    await using small = await startService({ ...bench.config, rateLimit: { perSecond: 1, burst: 1 } });
    const ask = () => call(small, { path: '/v1/agents', key: w.key });
    return await eventually(ask, ({ status }) => status === 429, { everyMs: 0 });
  },
  headers_too_large: async () => ({
    body: problemIn(await raw(bench.gateway.port, `GET /v1/agents HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`)),
  }),
  internal: async () => {
    await asOwner((owner) => owner.query('alter table access.users rename column display_name to no_name'));
    const answer = await w.get('/v1/users');
    await asOwner((owner) => owner.query('alter table access.users rename column no_name to display_name'));
    return answer;
  },
  attachment_unavailable: async () => {
    const { message_id } = (await send({ attachments: [{ url: 'http://127.0.0.1:9/gone.png' }] })).body;
    return w.get(`/v1/messages/${message_id}/attachments/0`);
  },
  unavailable: async () => {
    await using alone = await startService(configFor(bench.infra));
    return await call(alone, { path: '/v1/agents', key: w.key });
  },
  timeout: withoutAnAnswer,
};

test.for(Object.entries(ways) as [ErrorCode, (typeof ways)[ErrorCode]][])('there is a way to get %s', async ([code, way]) => {
  const { status, headers, body } = await way();
  const { title, http } = errorCodes[code];
  expect(body).toMatchObject({ type: `urn:baton:problem:${code}`, title, status: http, code });
  expect(body.detail).toMatch(/\.$/);
  if (headers) expect([status, headers.get('content-type')]).toEqual([http, expect.stringMatching(/^application\/problem\+json/)]);
});

const remove = (path: string) => call(bench.gateway, { path, method: 'DELETE', key: w.key });
const send = (more: object) =>
  w.post('/v1/messages', { agent_id: w.agentId, channel: 'sms', to_number: newCustomer(), body: 'Hi', ...more });

/** A provider's request with a signature that is not the provider's. */
async function badlySigned(): Promise<Answer> {
  const { channel_account_id: id } = (
    await w.post('/v1/channels', {
      provider: 'twilio',
      channel: 'sms',
      address: '+14155550199',
      agent_id: w.agentId,
      credentials: { account_sid: `AC${'0'.repeat(32)}`, auth_token: 'x' },
    })
  ).body;
  const knock = async () => {
    const answer = await fetch(`http://${bench.ingest!.address}/providers/twilio/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'x' },
      body: 'MessageSid=SM1&From=%2B14155550123&To=%2B14155550199&Body=Hi',
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
  // A new account is known to ingest once the directory has told it.
  return eventually(knock, ({ status }) => status !== 404);
}

/** The same request twice, the second while a lock keeps the first from its end. */
async function askedWhileItRuns(): Promise<Answer> {
  const ask = () => w.post('/v1/agents', { display_name: 'Slow' }, { 'idempotency-key': 'running' });
  let first: Promise<Answer> | undefined;
  const second = await asOwner(async (owner) => {
    await owner.query('begin');
    await owner.query('lock table conversation.agent in access exclusive mode');
    first = ask();
    await eventually(
      () => asOwner((other) => other.query("select 1 from access.idempotency where idempotency_key = 'running'")),
      ({ rowCount }) => rowCount === 1,
    );
    return ask();
  });
  await first;
  return second;
}

/** A reply that waits for a person. */
async function suggestion() {
  const other = await makeWorkspace(bench);
  await other.patch(`/v1/agents/${other.agentId}`, { backend: { kind: 'echo' }, approval: 'required' });
  const customer = newCustomer();
  // The dispatcher hears of the new backend in its own time; a turn that comes before fails.
  const [{ suggestion_id: id }] = await eventually(
    async () => {
      await other.customerSays(customer, 'Hello');
      return (await other.get('/v1/suggestions')).body.suggestions;
    },
    (found) => found.length > 0,
    { everyMs: 300 },
  );
  return { ...other, id, customer };
}

/** A reply to a turn that an AI has answered already. */
async function settledDispatch(): Promise<Answer> {
  const other = await makeWorkspace(bench);
  await other.patch(`/v1/agents/${other.agentId}`, { backend: { kind: 'echo' } });
  const customer = newCustomer();
  const dispatches = async (): Promise<{ dispatch_id: string; outcome: string }[]> => {
    await other.customerSays(customer, 'Hello');
    const [conversation] = (await other.get('/v1/conversations')).body.conversations;
    return conversation ? (await other.get(`/v1/conversations/${conversation.conversation_id}/dispatches`)).body.dispatches : [];
  };
  const replied = (one: { outcome: string }) => one.outcome === 'replied';
  const found = await eventually(dispatches, (all) => all.some(replied), { everyMs: 300 });
  const { dispatch_id } = found.find(replied)!;
  return other.post(`/v1/dispatches/${dispatch_id}/reply`, { text: 'Me too' });
}

/** A dispatcher that takes every connection and says nothing. */
async function withoutAnAnswer(): Promise<Answer> {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  try {
    await using waiting = await startService(configFor(bench.infra, { BATON_DISPATCHER_ADDR: `127.0.0.1:${port}` }));
    return await call(waiting, { path: '/v1/webhooks', key: w.key });
  } finally {
    silent.close();
  }
}

async function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: bench.infra.postgres.urls.baton_owner });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
