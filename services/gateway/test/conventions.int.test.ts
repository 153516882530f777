import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService } from '../src/service.ts';
import { problemIn, raw } from './raw.ts';
import { type Answer, type Bench, call, partnerKey, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

const origin = 'https://console.example.com';

let bench: Bench;
let w: Workspace;
/** Every path of the document, with anything for its parameters, and the methods it takes. */
let paths: { path: string; fits: RegExp; methods: string[]; withBody: string[] }[];

beforeAll(async () => {
  bench = await startBench(
    {
      BATON_RATE_LIMIT_PER_SECOND: '100000',
      BATON_RATE_LIMIT_BURST: '100000',
      BATON_AUTH_FAILURES_BURST: '100000',
      BATON_CORS_ORIGINS: `${origin},https://other.example.com`,
    },
    true,
  );
  w = await makeWorkspace(bench);
  const document = (await call(bench.gateway, { path: '/openapi.json' })).body;
  paths = Object.entries<Record<string, { requestBody?: object }>>(document.paths).map(([path, item]) => ({
    // Only a workspace of the caller's lets a request get as far as its body.
    path: path.replace(/\{(\w+)\}/g, (_, name: string) => (['account_id', 'workspace_id'].includes(name) ? w.workspaceId : 'x')),
    fits: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    methods: Object.keys(item).map((method) => method.toUpperCase()),
    withBody: Object.keys(item).filter((method) => item[method]?.requestBody !== undefined),
  }));
});
afterAll(() => bench[Symbol.asyncDispose]());

const ask = (path: string, method: string, headers: Record<string, string> = {}) =>
  call(bench.gateway, { path, method, key: w.key, headers });

describe('methods', () => {
  test('every path answers OPTIONS with what it takes, without a key, and 405 with the same to everything else', async () => {
    for (const { path } of paths) {
      // One address may fit two routes: /v1/messages/template is also a message's.
      const methods = [...new Set(paths.filter(({ fits }) => fits.test(path)).flatMap((one) => one.methods))];
      const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
      const options = await call(bench.gateway, { path, method: 'OPTIONS' });
      expect([path, options.status, options.headers.get('allow'), options.body]).toEqual([path, 204, allow, '']);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.includes(one))) {
        const wrong = await ask(path, method);
        expect([path, method, wrong.status, wrong.headers.get('allow')]).toEqual([path, method, 405, allow]);
      }
    }
    expect((await call(bench.gateway, { path: '/v1/nowhere', method: 'OPTIONS' })).status).toBe(404);
  });

  test('HEAD answers what GET would, without the body', async () => {
    const id = await w.customerWrites(newCustomer());
    for (const path of ['/v1/conversations', `/v1/conversations/${id}`, '/v1/agents', `/v1/agents/${w.agentId}`, '/v1/dead-letters']) {
      const [get, head] = [await ask(path, 'GET'), await ask(path, 'HEAD')];
      for (const name of ['content-type', 'etag', 'link']) expect([path, head.headers.get(name)]).toEqual([path, get.headers.get(name)]);
      expect([head.status, head.body]).toEqual([200, '']);
    }
    for (const path of ['/v1/stream', `/v1/conversations/${id}/stream`]) {
      const head = await ask(path, 'HEAD');
      expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    }
    for (const { path } of paths.filter(({ methods }) => methods.includes('GET')))
      expect([path, (await ask(path, 'HEAD')).status]).toEqual([path, (await headOf(path)).status]);
  });

  /** What GET answers, cut off after the head: some never end. */
  async function headOf(path: string): Promise<{ status: number }> {
    const abort = new AbortController();
    const { status } = await fetch(`${bench.gateway.url}${path}`, {
      headers: { authorization: `Bearer ${w.key}` },
      signal: abort.signal,
    });
    abort.abort();
    return { status };
  }
});

describe('bodies', () => {
  test('every route with a body refuses another type, a compressed one and one too large', async () => {
    for (const { path, withBody } of paths) {
      for (const method of withBody.map((one) => one.toUpperCase())) {
        const send = (body: string, headers: Record<string, string>) => call(bench.gateway, { path, method, key: w.key, body, headers });
        expect([path, method, (await send('a=1', { 'content-type': 'text/plain' })).status]).toEqual([path, method, 415]);
        expect([path, method, (await send('{}', { 'content-encoding': 'gzip' })).status]).toEqual([path, method, 415]);
        expect([path, method, (await send(`"${'x'.repeat(1024 * 1024)}"`, {})).status]).toEqual([path, method, 413]);
      }
    }
  });

  test('a body without a length is cut off at the same size', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const body = Readable.from(Array.from({ length: 20 }, () => chunk));
    const answer = await request(`${bench.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${w.key}`, 'content-type': 'application/json' },
      body,
    });
    expect(answer.statusCode).toBe(413);
    await answer.body.dump();
  });

  test('headers without end and a request that does not come get a problem too', async () => {
    const large = await raw(bench.gateway.port, `GET /v1/agents HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(problemIn(large)).toMatchObject({ status: 431, code: 'headers_too_large' });
    // A gateway of its own: the others' requests must not be late when the machine is slow.
    await using impatient = await startService({ ...bench.config, http: { ...bench.config.http, requestTimeoutMs: 400 } });
    for (const begun of ['GET /v1/agents HTTP/1.1\r\nhost: x\r\n', 'POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{']) {
      const late = await raw(impatient.port, begun);
      expect(problemIn(late)).toMatchObject({ status: 408, code: 'request_timeout' });
    }
  });
});

describe('lists', () => {
  test('links lead through the pages as the tokens do, with the filters of the first', async () => {
    for (let i = 0; i < 5; i++) await w.post('/v1/agents', { display_name: `Agent ${i}`, backend: { kind: 'none' } });
    const start = '/v1/agents?page_size=2';
    const links = (answer: Answer) =>
      Object.fromEntries(
        [...(answer.headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, target, relation]) => [relation, target!]),
      );
    const walked: string[] = [];
    for (let next: string | undefined = start; next !== undefined; ) {
      const page: Answer = await w.get(next);
      walked.push(...page.body.agents.map((agent: { agent_id: string }) => agent.agent_id));
      expect(links(page)['first']).toBe(start);
      next = links(page)['next'];
      expect(next === undefined).toBe(page.body.next_page_token === null);
    }
    expect(walked).toEqual((await w.get('/v1/agents')).body.agents.map((agent: { agent_id: string }) => agent.agent_id));
    const filtered = await w.get('/v1/conversations?tag=a%3Eb%20c&page_size=1');
    expect(links(filtered)['first']).toBe('/v1/conversations?tag=a%3Eb+c&page_size=1');
  });

  test('every list has links', async () => {
    const id = await w.customerWrites(newCustomer());
    const document = (await call(bench.gateway, { path: '/openapi.json' })).body;
    const lists = Object.entries<Record<string, { responses: Record<string, { headers?: object }> }>>(document.paths)
      .filter(([path, item]) => path.startsWith('/v1/') && 'Link' in (item['get']?.responses['200']?.headers ?? {}))
      .map(([path]) => path.replace('{conversation_id}', id).replace('{agent_id}', w.agentId));
    expect(lists.length).toBeGreaterThan(6);
    for (const path of lists.filter((one) => !one.includes('{'))) {
      const answer = await w.get(path);
      if (answer.status === 200) expect([path, answer.headers.get('link')]).toEqual([path, expect.stringContaining('rel="first"')]);
    }
  });

  test('a page token counts for one workspace, one list and one filter', async () => {
    for (let i = 0; i < 3; i++) await w.customerWrites(newCustomer(), `token ${i}`);
    const list = `/v1/conversations?page_size=1&channel=sms&unread=true`;
    const { next_page_token: token } = (await w.get(list)).body;
    const use = (path: string, key = w.key) => call(bench.gateway, { path: `${path}&page_token=${token}`, key });
    expect((await use(list)).status).toBe(200);
    // How many at once and in which order the filters stand is no other list.
    expect((await use('/v1/conversations?unread=true&page_size=3&channel=sms')).status).toBe(200);
    const refused = [
      '/v1/conversations?page_size=1',
      '/v1/conversations?page_size=1&channel=sms',
      '/v1/conversations?page_size=1&channel=sms&unread=false',
      '/v1/conversations?page_size=1&channel=sms&unread=true&tag=a',
      '/v1/agents?page_size=1',
    ];
    for (const path of refused) expect([path, (await use(path)).body.code]).toEqual([path, 'invalid_page_token']);
    const other = await makeWorkspace(bench);
    expect((await use(list, other.key)).body.code).toBe('invalid_page_token');
    const spoilt = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    expect((await w.get(`${list}&page_token=${spoilt}`)).body.code).toBe('invalid_page_token');
  });
});

describe('entity tags', () => {
  test('If-Match holds a change to the epoch that was read', async () => {
    const id = await w.customerWrites(newCustomer());
    const { mode_epoch: epoch } = (await w.get(`/v1/conversations/${id}`)).body;
    expect((await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' }, { 'if-match': `"${epoch}"` })).body.changed).toBe(true);
    for (const stale of [`"${epoch}"`, `W/"${epoch}-abc"`, `"998", "${epoch}"`, '"999"', 'nonsense'])
      expect(await w.patch(`/v1/conversations/${id}`, { ai_mode: 'ai' }, { 'if-match': stale })).toMatchObject({
        status: 412,
        body: { code: 'epoch_mismatch' },
      });
    const now = await w.get(`/v1/conversations/${id}`);
    const tag = now.headers.get('etag') ?? '';
    await w.post(`/v1/conversations/${id}/read`);
    let mode = 'ai';
    // A proxy that compresses makes the tag weak; that something else has changed meanwhile does not count.
    for (const standing of [tag, `W/${tag}`, `"${epoch}", "${epoch + 1}"`, '*']) {
      const { body: current } = await w.get(`/v1/conversations/${id}`);
      const given = standing === '*' ? '*' : standing.replaceAll(String(epoch + 1), String(current.mode_epoch));
      const changed = await w.patch(`/v1/conversations/${id}`, { ai_mode: mode }, { 'if-match': given });
      expect(changed, given).toMatchObject({ status: 200, body: { changed: true, ai_mode: mode } });
      expect(changed.headers.get('etag')).toBe(`"${changed.body.mode_epoch}"`);
      mode = mode === 'ai' ? 'human' : 'ai';
    }
    expect(await w.post(`/v1/conversations/${id}/resume-ai`, {}, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
  });

  test('who has the answer already gets 304 without a body, until something changes', async () => {
    const id = await w.customerWrites(newCustomer());
    const path = `/v1/conversations/${id}`;
    const tag = (await w.get(path)).headers.get('etag') ?? '';
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
      const same = await w.get(path, { 'if-none-match': known });
      expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, '', tag]);
      expect(same.headers.get('content-type')).toBeNull();
    }
    await w.post(`${path}/read`);
    const changed = await w.get(path, { 'if-none-match': tag });
    expect([changed.status, changed.body.unread]).toEqual([200, false]);
    expect(changed.headers.get('etag')).not.toBe(tag);
    const list = await w.get('/v1/agents');
    expect((await w.get('/v1/agents', { 'if-none-match': list.headers.get('etag') ?? '' })).status).toBe(304);
  });
});

describe('request ids', () => {
  test('a sane id of the caller comes back and stands in the problem; another is replaced', async () => {
    const sane = await ask('/v1/agents/agt_x', 'GET', { 'x-request-id': 'order-4711/retry:2' });
    expect([sane.headers.get('x-request-id'), sane.body.trace_id]).toEqual(['order-4711/retry:2', 'order-4711/retry:2']);
    for (const strange of ['two words', '"quoted"', 'x'.repeat(129), '<script>']) {
      const made = (await ask('/v1/agents', 'GET', { 'x-request-id': strange })).headers.get('x-request-id');
      expect(made).toMatch(/^[0-9a-f]{32}$/);
    }
    for (const path of ['/v1/nowhere', '/healthz', '/v1/agents/%ff'])
      expect((await call(bench.gateway, { path, headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id')).toBe('mine');
  });
});

describe('compression', () => {
  const get = (path: string, encoding: string) =>
    request(`${bench.gateway.url}${path}`, { headers: { authorization: `Bearer ${w.key}`, 'accept-encoding': encoding } });

  test('large JSON is compressed for who takes it, small is not, and the tag stays the same', async () => {
    for (let i = 0; i < 12; i++) await w.post('/v1/agents', { display_name: `Agent ${i}`, backend: { kind: 'none' } });
    const plain = await get('/v1/agents', 'identity');
    const text = await plain.body.text();
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const [encoding, inflate] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const packed = await get('/v1/agents', encoding);
      const bytes = Buffer.from(await packed.body.arrayBuffer());
      expect([packed.headers['content-encoding'], packed.headers['etag']]).toEqual([encoding, plain.headers['etag']]);
      expect(String(packed.headers['vary']).toLowerCase()).toContain('accept-encoding');
      expect(inflate(bytes).toString()).toBe(text);
      expect(bytes.length).toBeLessThan(text.length / 2);
    }
    const small = await get(`/v1/agents/${w.agentId}`, 'br, gzip');
    expect(small.headers['content-encoding']).toBeUndefined();
    await small.body.dump();
  });

  test('a stream is not, nor a file that streams', async () => {
    const stream = await get('/v1/stream', 'br, gzip');
    expect([stream.statusCode, stream.headers['content-encoding']]).toEqual([200, undefined]);
    stream.body.destroy();
    for (const format of ['csv', 'json', 'ndjson']) {
      const file = await get(`/v1/agents/${w.agentId}/conversations/export?include=messages&format=${format}`, 'br, gzip');
      expect([file.statusCode, file.headers['content-encoding'], (await file.body.text()).length > 2048]).toEqual([200, undefined, true]);
    }
  });
});

describe('other origins', () => {
  test('a preflight tells a page of the list what it may do, without credentials, on every path', async () => {
    for (const { path, methods } of paths) {
      const preflight = await call(bench.gateway, {
        path,
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': methods[0]!,
          'access-control-request-headers': 'authorization,idempotency-key',
        },
      });
      expect([path, preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([path, 204, origin]);
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
      expect(preflight.headers.get('vary')).toMatch(/origin/i);
      const allowed = preflight.headers.get('access-control-allow-methods')?.split(', ');
      expect(allowed).toEqual(expect.arrayContaining(methods));
      const headers = preflight.headers.get('access-control-allow-headers')?.split(', ');
      expect(headers).toEqual(expect.arrayContaining(['authorization', 'idempotency-key', 'if-match', 'last-event-id', 'baton-workspace']));
    }
  });

  test('its page may read every header that answers have; refusals too', async () => {
    const standard = new Set([
      'connection',
      'content-length',
      'date',
      'keep-alive',
      'vary',
      'transfer-encoding',
      'access-control-allow-origin',
    ]);
    const simple = new Set(['cache-control', 'content-type', 'content-encoding', 'access-control-expose-headers']);
    // What the browser itself heeds.
    const policies = new Set([
      'content-security-policy',
      'cross-origin-resource-policy',
      'referrer-policy',
      'x-content-type-options',
      'x-frame-options',
    ]);
    const read = (o: Omit<Parameters<typeof call>[1], 'headers'>, more: Record<string, string> = {}) =>
      call(bench.gateway, { ...o, headers: { origin, ...more } });
    const send = () => read({ path: '/v1/stream-tickets', method: 'POST', key: w.key }, { 'idempotency-key': 'cors' });
    const answers = [
      await read({ path: '/v1/agents?page_size=1', key: w.key }),
      await read({ path: '/v1/agents' }),
      await read({ path: '/v1/agents', method: 'DELETE', key: w.key }),
      await read({ path: `/v1/agents/${w.agentId}/conversations/export`, key: w.key }),
      await send(),
      await send(),
      await read({ path: '/v1/workspaces', method: 'POST', key: partnerKey, body: {} }),
    ];
    for (const answer of answers) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      const exposed = new Set(answer.headers.get('access-control-expose-headers')?.split(', '));
      const others = [...answer.headers.keys()].filter((name) => !standard.has(name) && !simple.has(name) && !policies.has(name));
      for (const name of others) expect(exposed, name).toContain(name);
    }
    expect(answers[5]!.headers.get('idempotent-replayed')).toBe('true');
  });

  test('a page that is not on the list is not let in, and its preflight neither', async () => {
    for (const strange of ['https://evil.example.com', 'null', `${origin}.evil.example`, 'http://console.example.com']) {
      const preflight = { origin: strange, 'access-control-request-method': 'POST' };
      for (const answer of [await ask('/v1/agents', 'GET', { origin: strange }), await ask('/v1/agents', 'OPTIONS', preflight)])
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('a page of the list may follow a stream', async () => {
    const { ticket } = (await w.post('/v1/stream-tickets')).body;
    const stream = await request(`${bench.gateway.url}/v1/stream?token=${ticket}`, { headers: { origin } });
    expect([stream.statusCode, stream.headers['access-control-allow-origin']]).toEqual([200, origin]);
    expect(stream.headers['access-control-expose-headers']).toContain('x-request-id');
    stream.body.destroy();
  });
});

describe('rate limits', () => {
  test('every answer to a valid key says what is left, also a refusal and a stream', async () => {
    const answers = [
      await w.get('/v1/agents'),
      await w.get('/v1/agents/agt_x'),
      await w.post('/v1/messages', {}),
      await ask('/v1/stream', 'HEAD'),
      await w.get('/v1/agents', { 'if-none-match': '*' }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 404, 400, 200, 304]);
    for (const answer of answers) {
      expect(answer.headers.get('ratelimit-limit')).toBe('100000');
      expect(Number(answer.headers.get('ratelimit-remaining'))).toBeLessThan(100_000);
      expect(Number(answer.headers.get('ratelimit-reset'))).toBeGreaterThanOrEqual(0);
      expect(answer.headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
      expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=100000;w=1');
    }
  });
});
