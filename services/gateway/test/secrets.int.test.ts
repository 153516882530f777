import { randomBytes } from 'node:crypto';
import { connectBus } from '@baton/bus/connect.ts';
import { apiKeyOf, secretBytes } from '@baton/contracts/api-key.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { startHttpStub } from '@baton/testkit/http-stub.ts';
import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startChild } from './children.ts';
import { type Answer, call } from './support.ts';

/** Everything that must be in no log, no table, no stream, and in no answer but the one that makes it. */
const secrets = new Map<string, string>();
const remember = (name: string, secret: string) => {
  secrets.set(name, secret);
  return secret;
};
const canary = (name: string) => remember(name, `Canary${name}${randomBytes(12).toString('hex')}`);
const signing = (name: string) => remember(name, `whsec_${randomBytes(32).toString('base64')}`);

/** The names of the secrets that stand in the text, plain or as bytes of a column. */
function found(text: string): string[] {
  const spellings = (secret: string) => [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64').slice(0, -4)];
  return [...secrets].filter(([, secret]) => spellings(secret).some((one) => text.includes(one))).map(([name]) => name);
}

async function startAll(infra: Infra) {
  await using stack = new AsyncDisposableStack();
  let log = '';
  const options = (env: Record<string, string> = {}) => ({
    env: { BATON_LOG_LEVEL: 'trace', ...env },
    log: (text: string) => {
      log += text;
    },
  });
  const state = stack.use(await startChild('conversation-state', infra, options()));
  const dispatcher = stack.use(await startChild('dispatcher', infra, { state: state.address, ...options() }));
  const ingest = stack.use(await startChild('ingest', infra, options()));
  const partnerKey = remember('bootstrap key', apiKeyOf('live', randomBytes(secretBytes)));
  const addresses = { BATON_DISPATCHER_ADDR: dispatcher.address, BATON_INGEST_ADDR: ingest.address };
  const env = { ...addresses, BATON_PARTNER_KEY_BOOTSTRAP: partnerKey, BATON_CHECK_ANSWERS: '1' };
  const gateway = stack.use(await startChild('gateway', infra, { state: state.address, ...options(env) }));
  const url = `http://${gateway.address}`;
  const running = stack.move();
  return {
    partnerKey,
    ingest: `http://${ingest.address}`,
    log: () => log,
    ask: (key: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
      call({ url } as never, { path, method, key, headers, ...(body !== undefined && { body }) }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

test('a secret stands in the answer that makes it and nowhere else: in no other answer, log, table or stream', async () => {
  await using infra = await startInfra();
  const all = await startAll(infra);
  const shown: [string, Answer][] = [];
  // A provider, an AI and a subscriber that refuse: what went wrong is told in logs and answers.
  await using outside = await startHttpStub(async () => ({ status: 403, json: { error: 'no', code: 20003, message: 'Authenticate' } }));
  let key = '';
  const ask = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const answer = await all.ask(key, method, path, body, headers);
    shown.push([`${method} ${path}`, answer]);
    return answer.body;
  };
  /** The answer that makes a secret, which is not looked at again. */
  const making = async (name: string, field: string, path: string, body: unknown, as = key) => {
    const { body: made } = await all.ask(as, 'POST', path, body, { 'idempotency-key': `make ${name}` });
    expect(made[field], JSON.stringify(made)).toBeTypeOf('string');
    remember(name, made[field]);
    return made;
  };

  const workspace = await making('first key', 'api_key', '/v1/workspaces', { name: 'W' }, all.partnerKey);
  key = workspace.api_key;
  await making('partner key', 'api_key', '/v1/partner-keys', { name: 'P', scopes: ['read'] }, all.partnerKey);
  const { api_key_id } = await making('second key', 'api_key', '/v1/api-keys', { name: 'K', scopes: ['read'] });
  await making('rotated key', 'api_key', `/v1/api-keys/${api_key_id}/rotate`, { overlap_seconds: 60 });
  await making('ticket', 'ticket', '/v1/stream-tickets', {});
  const endpoint = { url: `${outside.url}/hook`, event_types: ['message.received'] };
  const { webhook_endpoint_id } = await making('endpoint', 'secret', '/v1/webhooks', endpoint);
  await making('rotated endpoint', 'secret', `/v1/webhooks/${webhook_endpoint_id}/rotate-secret`, {});

  const backend = { kind: 'webhook', url: `${outside.url}/ai`, secret: signing('backend') };
  const { agent_id } = await ask('POST', '/v1/agents', { display_name: 'A', backend });
  await ask('PATCH', `/v1/agents/${agent_id}`, { backend: { ...backend, secret: signing('second backend') } });
  const channel = (provider: string, address: string, credentials: object) =>
    ask('POST', '/v1/channels', { provider, channel: 'sms', address, agent_id, credentials });
  const http = await channel('http', '+15550101', { secret: signing('http'), outbound_url: `${outside.url}/send` });
  const account_sid = `AC${'0'.repeat(32)}`;
  const twilio = await channel('twilio', '+15550102', { account_sid, auth_token: canary('TwilioToken'), api_base: outside.url });
  await ask('PATCH', `/v1/channels/${twilio.channel_account_id}`, {
    credentials: { account_sid, auth_token: canary('SecondToken'), api_base: outside.url },
  });
  // What is refused is not repeated to whoever asked, nor to a log.
  await ask('POST', '/v1/agents', { display_name: 'A', backend: { ...backend, secret: `whsec_${canary('Malformed')}` } });
  await ask('POST', '/v1/agents', { display_name: 7, backend: { ...backend, secret: signing('beside a fault') } });
  await channel('twilio', '+15550103', { auth_token: canary('WithoutSid'), surprise: canary('Surprise') });
  await channel('meta', '+15550104', { app_secret: canary('AppSecret'), access_token: canary('AccessToken') });
  expect((await all.ask(canary('NoKey'), 'GET', '/v1/agents')).status).toBe(401);

  // People: links, passwords (right, wrong and the next), cookies, and what goes beside those.
  const { user_id } = await ask('POST', '/v1/users', { email: 'ada@example.com', display_name: 'Ada', role: 'owner' });
  const enter = async (name: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await all.ask('', 'POST', path, body, headers);
    expect([name, answer.status]).toEqual([name, answer.status < 300 ? answer.status : 201]);
    const [cookie = ''] = answer.headers.getSetCookie();
    remember(`${name}: cookie`, /=([\w-]{43});/.exec(cookie)?.[1] ?? '');
    return { cookie: cookie.split(';')[0] ?? '', 'x-csrf-token': remember(`${name}: token`, answer.body.csrf_token) };
  };
  const { token } = await making('invitation', 'token', `/v1/users/${user_id}/invite`, {});
  const password = canary('Password');
  await enter('invited', '/v1/sessions/password', { token, password });
  const link = await making('link', 'token', `/v1/users/${user_id}/sign-in-links`, {});
  const by = await enter('by link', '/v1/sessions', { one_time_token: link.token });
  const wrong = { email: 'ada@example.com', password: canary('WrongPassword') };
  shown.push(['a wrong password', await all.ask('', 'POST', '/v1/sessions', wrong)]);
  shown.push(['a used link', await all.ask('', 'POST', '/v1/sessions', { one_time_token: link.token })]);
  await enter('changed', '/v1/sessions/current/password', { current_password: password, new_password: canary('NextPassword') }, by);

  const providerUrl = `http/${http.channel_account_id}?token=${canary('ProviderUrl')}`;
  const received = (path: string, headers: Record<string, string>) =>
    fetch(`${all.ingest}/providers/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' });
  await eventually(
    () => received(providerUrl, { 'webhook-signature': 'v1,x' }),
    ({ status }) => status === 401,
  );
  for (const [from_number, to_number] of [
    ['+15550101', '+15550201'],
    ['+15550102', '+15550202'],
  ]) {
    const { message_id } = await ask('POST', '/v1/messages', { agent_id, channel: 'sms', from_number, to_number, body: 'x' });
    await eventually(
      async () => (await all.ask(key, 'GET', `/v1/messages/${message_id}`)).body.status,
      (status) => status === 'failed',
    );
    await ask('GET', `/v1/messages/${message_id}`);
  }
  const { delivery_id } = await ask('POST', `/v1/webhooks/${webhook_endpoint_id}/test`, {});
  const delivery = () => all.ask(key, 'GET', `/v1/deliveries/${delivery_id}`);
  await eventually(delivery, ({ body }) => body.attempts > 0);
  for (const path of [
    '/v1/agents',
    '/v1/channels',
    '/v1/webhooks',
    '/v1/api-keys',
    '/v1/deliveries',
    '/v1/audit-log?page_size=250',
    '/v1/conversations',
    '/v1/users',
    '/v1/sessions',
  ])
    await ask('GET', path);
  for (const path of [`/v1/deliveries/${delivery_id}`, `/v1/webhooks/${webhook_endpoint_id}`, `/v1/api-keys/${api_key_id}`])
    await ask('GET', path);
  shown.push(['GET /v1/partner-keys', await all.ask(all.partnerKey, 'GET', '/v1/partner-keys')]);

  expect(secrets.size).toBe(32);
  for (const [name, { status, headers, body }] of shown)
    expect([name, status < 500, found(JSON.stringify([[...headers], body]))]).toEqual([name, true, []]);
  expect(await inDatabase(infra)).toEqual([]);
  expect(await inStreams(infra)).toEqual([]);
  await all[Symbol.asyncDispose]();
  for (const service of ['conversation-state', 'dispatcher', 'ingest', 'gateway']) expect(all.log()).toContain(`"service":"${service}"`);
  expect(found(all.log())).toEqual([]);
  // Four services are started for it, and two sends must have failed for good.
}, 120_000);

/** What stands in a table, and in which. */
async function inDatabase(infra: Infra): Promise<string[]> {
  const url = new URL(infra.postgres.superUrl);
  url.pathname = `/${infra.postgres.database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname in ('access', 'conversation', 'delivery')`,
    );
    expect(tables.length).toBeGreaterThan(20);
    const leaks: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      for (const { row } of rows) leaks.push(...found(row).map((secret) => `${secret} in ${name}`));
    }
    return leaks;
  } finally {
    await client.end();
  }
}

async function inStreams(infra: Infra): Promise<string[]> {
  await using bus = await connectBus({ url: infra.nats.url, name: 'test' });
  const leaks: string[] = [];
  let read = 0;
  for await (const { config, state } of bus.jsm.streams.list()) {
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
      const message = await bus.jsm.streams.getMessage(config.name, { seq });
      if (!message) continue;
      read++;
      leaks.push(...found(`${message.subject} ${message.string()}`).map((secret) => `${secret} in ${config.name}`));
    }
  }
  expect(read).toBeGreaterThan(5);
  return leaks;
}
