import { newId, uuidOfId } from '@baton/contracts/ids.ts';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dialects } from '../src/dialects/dialects.ts';
import { type Bench, type CallOptions, call, partnerKey, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

// What all dialects have in common. What each one answers is held to its document in tests/conformance.

let bench: Bench;
let w: Workspace;
beforeAll(async () => {
  bench = await startBench({ BATON_DIALECT_HOSTS: 'api.lender.example=partner,crm.example=crm' }, true);
  w = await makeWorkspace(bench);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const ask = (path: string, o: Partial<CallOptions> = {}) => call(bench.gateway, { path, key: w.key, ...o });
const as = (who: Workspace, path: string, o: Partial<CallOptions> = {}) => ask(path, { key: who.key, ...o });
const partner = () => `/dialects/partner/v1/accounts/${w.workspaceId}`;

test('everything that goes wrong under a dialect is said in its own shape, whatever it is and whatever found it', async () => {
  const at = `${partner()}/conversations`;
  const json = { 'content-type': 'application/json' };
  const asked: [number, string, string, Partial<CallOptions>][] = [
    [401, 'unauthorized', at, { key: `pk_live_${'x'.repeat(32)}` }],
    [404, 'not_found', `/dialects/partner/v1/accounts/${newId('workspace')}/conversations`, {}],
    [404, 'not_found', '/dialects/partner/v1/nothing', {}],
    [404, 'not_found', `${at}/+14155550000/messages`, {}],
    [405, 'method_not_allowed', at, { method: 'DELETE' }],
    [400, 'validation_error', `${at}?limit=251`, {}],
    [400, 'validation_error', `${at}?limit=0`, {}],
    [400, 'validation_error', `${at}?offset=-1`, {}],
    [400, 'validation_error', `${at}?page_token=made-up`, {}],
    [400, 'invalid_phone', `${at}/nobody/messages`, {}],
    [400, 'validation_error', `${at}/%zz/messages`, {}],
    [400, 'validation_error', `${at}/+14155550000/messages`, { method: 'POST', body: '{' }],
    [400, 'validation_error', `${at}/+14155550000/messages`, { method: 'POST', body: {} }],
    [413, 'payload_too_large', `${at}/+14155550000/messages`, { method: 'POST', body: { body: 'x'.repeat(1_100_000) } }],
    [
      415,
      'unsupported_media_type',
      `${at}/+14155550000/messages`,
      { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } },
    ],
    [
      400,
      'validation_error',
      `${at}/+14155550000/messages`,
      { method: 'POST', body: { body: 'x' }, headers: { ...json, 'idempotency-key': ' ' } },
    ],
  ];
  for (const [status, code, path, o] of asked) {
    const answer = await ask(path, o);
    expect(answer, `${o.method ?? 'GET'} ${path}`).toMatchObject({
      status,
      body: { error: { code, status, message: expect.any(String) } },
    });
    expect(Object.keys(answer.body)).toEqual(['error']);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  }
  expect((await ask(at, { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  expect((await ask('/dialects/nobody/v1')).body.code).toBe('not_found');
});

test('a refusal names each field that is wrong, for there is no list of them beside it', async () => {
  const at = `/dialects/desk/conversations`;
  expect((await ask(`${at}?limit=101&status=active`)).body).toMatchObject({
    success: false,
    error: 'limit must be <= 100. status must be one of open, closed, resolved.',
  });
  expect((await ask(`${partner()}/conversations?limit=251&offset=-1`)).body.error.message).toBe(
    'limit must be <= 250. offset must be >= 0.',
  );
});

test('null for a field means that it is left out, and fields that are not known are passed over', async () => {
  const own = await makeWorkspace(bench);
  const id = await own.customerWrites(newCustomer());
  const uuid = uuidOfId('conversation', id);
  const desk = `/dialects/desk/conversations/${id}`;
  const named = await as(own, desk, { method: 'PATCH', body: { customer_name: 'Ada', status: null, tags: null, color: 'red' } });
  expect(named).toMatchObject({ status: 200, body: { data: { customer_name: 'Ada', status: 'open', tags: [] } } });
  expect(await as(own, desk, { method: 'PATCH', body: { status: null } })).toMatchObject({ status: 400, body: { success: false } });
  expect(await as(own, `${desk}/messages`, { method: 'POST', body: { content: null } })).toMatchObject({
    status: 400,
    body: { error: '/content is missing.' },
  });
  const labelled = await as(own, `/dialects/booking/api/v1/conversations/${uuid}`, {
    method: 'PATCH',
    body: { status: 'completed', note: 'x' },
  });
  expect(labelled).toMatchObject({ status: 200, body: { status: 'completed' } });
});

test('a message that is only a file has its address in every dialect, and a name where a line of text is shown', async () => {
  const own = await makeWorkspace(bench);
  const phone = newCustomer();
  const id = await own.customerWrites(phone);
  const file = { url: 'https://files.example.com/menu.pdf', content_type: 'application/pdf', name: 'menu.pdf', size: 7 };
  await own.post(`/v1/conversations/${id}/messages`, { attachments: [file] });
  const uuid = uuidOfId('conversation', id);
  const newest = { attachments: [file] };
  const partnerAt = `/dialects/partner/v1/accounts/${own.workspaceId}/conversations`;
  expect((await as(own, `${partnerAt}/${phone}/messages`)).body.messages).toMatchObject([{ body: '', ...newest }, { attachments: [] }]);
  expect((await as(own, partnerAt)).body.conversations).toMatchObject([{ preview: '[menu.pdf]' }]);
  expect((await as(own, `/dialects/crm/api/v1/conversations/${uuid}/messages`)).body.data[0]).toMatchObject({ content: '', ...newest });
  expect((await as(own, `/dialects/booking/api/v1/conversations/${uuid}`)).body.messages[1]).toMatchObject({ content: '', ...newest });
  expect((await as(own, `/dialects/desk/conversations/${id}`)).body.data).toMatchObject({
    last_message: '[menu.pdf]',
    messages: [newest, {}],
  });
});

test('a customer who was erased has no number, and nobody can be told to have written', async () => {
  const own = await makeWorkspace(bench);
  const [phone, another] = [newCustomer(), newCustomer()];
  const id = await own.customerWrites(phone);
  await own.customerWrites(another);
  const contact = (await as(own, `/v1/conversations/${id}`)).body.contact.contact_id;
  await as(own, `/v1/contacts/${contact}?erase=true`, { method: 'DELETE' });
  const at = `/dialects/partner/v1/accounts/${own.workspaceId}/conversations`;
  expect((await as(own, at)).body).toMatchObject({ conversations: [{ phone: another }], total: 1 });
  expect((await as(own, `${at}/${phone}/messages`)).status).toBe(404);
  expect((await as(own, `/dialects/desk/conversations/${id}`)).body.data).toMatchObject({ customer_phone: '', status: 'closed' });
  const told = await as(own, `/dialects/desk/conversations/${id}/messages`, { method: 'POST', body: { content: 'x', sender: 'customer' } });
  expect(told).toMatchObject({ status: 409, body: { code: 'conversation_closed' } });
});

test('a key without the scope is refused as forbidden, a read goes through with the rate announced', async () => {
  const reading = await bench.key(w.workspaceId, ['read']);
  const at = `${partner()}/conversations`;
  expect(await ask(`${at}/+14155550000/resume-ai`, { method: 'POST', key: reading })).toMatchObject({
    status: 403,
    body: { error: { code: 'forbidden', status: 403 } },
  });
  const id = newId('conversation');
  expect(
    await ask(`/dialects/booking/api/v1/conversations/${id}`, { method: 'PATCH', body: { status: 'active' }, key: reading }),
  ).toMatchObject({ status: 403, body: { code: 'forbidden', detail: expect.any(String) } });
  expect(await ask(`/dialects/desk/conversations/${id}/close`, { method: 'POST', key: reading })).toMatchObject({
    status: 403,
    body: { success: false, code: 'forbidden', error: expect.any(String) },
  });
  const read = await ask(at, { key: reading });
  expect(read.status).toBe(200);
  expect(read.headers.get('ratelimit-remaining')).toMatch(/^\d+$/);
});

test('the account in the path is the workspace: as an id or its UUID, for a partner key, and for no key of another workspace', async () => {
  const uuid = uuidOfId('workspace', w.workspaceId)!;
  const keys: Record<string, string>[] = [
    { 'x-partner-key': partnerKey },
    { 'x-partner-key': w.key },
    { authorization: `Bearer ${partnerKey}` },
  ];
  for (const account of [w.workspaceId, uuid, uuid.toUpperCase()])
    for (const headers of keys) {
      const answer = await call(bench.gateway, { path: `/dialects/partner/v1/accounts/${account}/conversations`, headers });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    }
  const stranger = await makeWorkspace(bench);
  expect((await ask(`${partner()}/conversations`, { key: stranger.key })).status).toBe(404);
  expect((await ask('/dialects/crm/api/v1/conversations', { key: partnerKey })).status).toBe(400);
  const named = { 'baton-workspace': w.workspaceId };
  expect((await ask('/dialects/crm/api/v1/conversations', { key: partnerKey, headers: named })).status).toBe(200);
});

test('at its own host a dialect answers at the paths of the product it stands in for, and nothing else is there', async () => {
  const at = async (host: string, path: string) => {
    // `fetch` would set the host itself.
    const answer = await request(`${bench.gateway.url}${path}`, { headers: { host, authorization: `Bearer ${w.key}` } });
    return { status: answer.statusCode, link: answer.headers['link'], body: await answer.body.json() };
  };
  expect(await at('api.lender.example', `/v1/accounts/${w.workspaceId}/conversations`)).toMatchObject({
    status: 200,
    // What a page links to is at the same host, so by the same paths.
    link: expect.stringContaining(`</v1/accounts/${w.workspaceId}/conversations>; rel="first"`),
    body: { conversations: expect.any(Array), limit: 50 },
  });
  expect(await at('crm.example:443', '/api/v1/conversations')).toMatchObject({ status: 200, body: { pagination: { page: 1, limit: 20 } } });
  expect(await at('crm.example', '/v1/conversations')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  expect(await at('other.example', '/v1/conversations')).toMatchObject({ status: 200, body: { next_page_token: null } });
});

test('whoever follows the link to the next page gets each row once, though new ones come at the head meanwhile', async () => {
  const people = Array.from({ length: 5 }, newCustomer);
  for (const person of people) await w.customerWrites(person);
  const seen: string[] = [];
  let path: string | undefined = `${partner()}/conversations?limit=2`;
  while (path) {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    seen.push(...answer.body.conversations.map((one: { phone: string }) => one.phone));
    path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    if (seen.length < 5) await w.customerWrites(newCustomer());
  }
  expect(seen).toEqual([...people].reverse());
});

test('each dialect has its tag in the document, with every operation of its paths under it', async () => {
  const { body } = await ask('/openapi.json');
  for (const { name, tag } of dialects) {
    expect(body.tags).toContainEqual({ name: tag, description: expect.any(String) });
    const paths = Object.entries<Record<string, { tags: string[] }>>(body.paths).filter(([path]) => path.startsWith(`/dialects/${name}/`));
    expect(paths.length).toBeGreaterThan(0);
    for (const [, methods] of paths) for (const operation of Object.values(methods)) expect(operation.tags).toEqual([tag]);
  }
});
