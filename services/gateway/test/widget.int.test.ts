import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { eventually } from '@baton/testkit/eventually.ts';
import type { SeenMessage, Session, VisitorFrame } from '@baton/widget/protocol.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SseClient } from './sse-client.ts';
import { type Bench, call, startBench } from './support.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const origin = 'https://shop.example';
const identitySecret = 'a-secret-of-the-host';

let bench: Bench;
let workspace: Workspace;
let channelId: string;

beforeAll(async () => {
  bench = await startBench({ BATON_WIDGET_SESSIONS_PER_SECOND: '1000' }, true);
  workspace = await makeWorkspace(bench);
  const agent = await workspace.post('/v1/agents', { display_name: 'Clara', backend: { kind: 'echo' } });
  channelId = await makeAccount(agent.body.agent_id);
});

afterAll(() => bench?.[Symbol.asyncDispose]());

/** Resolves when the gateway knows it. */
async function makeAccount(agentId: string): Promise<string> {
  const credentials = { allowed_origins: [origin], identity_secret: identitySecret };
  const made = await workspace.post('/v1/channels', {
    provider: 'web',
    channel: 'web',
    address: 'shop.example',
    agent_id: agentId,
    credentials,
  });
  expect(made.status).toBe(201);
  const id: string = made.body.channel_account_id;
  await eventually(async () => (await call(bench.gateway, { path: `/widget/${id}/messages` })).status === 401);
  return id;
}

const widget = (path: string, o: { token?: string; body?: unknown; from?: string; method?: string; id?: string } = {}) =>
  call(bench.gateway, {
    path: `/widget/${o.id ?? channelId}/${path}`,
    method: o.method ?? (o.body === undefined ? 'GET' : 'POST'),
    headers: { origin: o.from ?? origin, ...(o.token && { authorization: `Bearer ${o.token}` }) },
    ...(o.body !== undefined && { body: o.body }),
  });

async function session(body: object = {}, id = channelId): Promise<Session> {
  const made = await widget('session', { body, id });
  expect(made.status).toBe(201);
  return made.body;
}

/** A visitor with an open stream. */
async function visit(body: object = {}, id = channelId) {
  const { token, visitor_id: visitorId } = await session(body, id);
  const post = async (items: unknown) => {
    const headers = { authorization: `Bearer ${token}`, origin, 'content-type': 'application/json' };
    const url = `http://${bench.ingest!.address}/providers/web/${id}`;
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(items) })).status;
  };
  const open = () => SseClient.open(`${bench.gateway.url}/widget/${id}/stream`, { key: token });
  const history = async (page = ''): Promise<{ messages: SeenMessage[]; older: string | null }> =>
    (await widget(`messages${page}`, { token, id })).body;
  return { token, visitorId, post, open, history };
}

const frames = (client: SseClient) => client.frames.map(({ data }) => data as VisitorFrame);
const messagesIn = (client: SseClient) => frames(client).flatMap((frame) => (frame.type === 'message' ? [frame.message] : []));
const shown = (client: SseClient, text: string, status?: string) =>
  eventually(() => messagesIn(client).find((one) => one.text === text && (status === undefined || one.status === status)));

test('a visitor writes, sees the answer live with who gave it, and confirms it', async () => {
  const visitor = await visit();
  await using stream = await visitor.open();
  expect(await eventually(() => frames(stream)[0])).toEqual({ type: 'thread', messages: [], older: null, mode: 'ai', agent: 'Clara' });
  expect(await visitor.post({ type: 'message', id: 'c1', text: 'Do you deliver?', page: 'https://shop.example/cart' })).toBe(202);
  expect(await shown(stream, 'Do you deliver?')).toMatchObject({ author: 'visitor', client_id: 'c1', status: 'received' });
  const answer = await shown(stream, 'Echo: Do you deliver?', 'sent');
  expect(answer).toMatchObject({ author: 'ai', client_id: null });
  const typing = frames(stream).flatMap((frame) => (frame.type === 'typing' ? [frame.on] : []));
  expect([typing[0], typing.at(-1)]).toEqual([true, false]);
  for (const status of ['delivered', 'read']) {
    expect(await visitor.post([{ type: 'receipt', message_id: answer!.id, status }])).toBe(202);
    await shown(stream, answer!.text, status);
  }
  const stored = await workspace.get(`/v1/messages/${answer!.id}`);
  expect(stored.body).toMatchObject({ status: 'read', provider_message_id: `${visitor.visitorId}:${answer!.id}` });
});

test('a person takes over and is named as one; what was queued before and never sent is never shown', async () => {
  const visitor = await visit();
  await using stream = await visitor.open();
  await visitor.post({ type: 'message', id: 'c1', text: 'A person, please' });
  await shown(stream, 'Echo: A person, please');
  const path = `/v1/conversations/${await conversationOf(visitor.visitorId)}`;
  const sent = await workspace.post(`${path}/messages`, { body: 'Grace here.', sender_name: 'Grace' });
  expect(sent.status).toBe(201);
  expect(await shown(stream, 'Grace here.')).toMatchObject({ author: 'human', name: 'Grace' });
  expect(frames(stream)).toContainEqual({ type: 'mode', mode: 'human' });
  const states = new Set(messagesIn(stream).map(({ status }) => status as string));
  expect([...states].filter((one) => !['received', 'sent', 'delivered', 'read'].includes(one))).toEqual([]);
});

test('a visitor reads their own conversation and nobody else’s, over every page and conversation', async () => {
  const [ada, eve] = [await visit(), await visit()];
  await using evesStream = await eve.open();
  await using adasStream = await ada.open();
  await ada.post(Array.from({ length: 40 }, (_, nth) => ({ type: 'message', id: `a${nth}`, text: `ada ${nth}` })));
  await shown(adasStream, 'ada 39');
  const first = await conversationOf(ada.visitorId);
  await workspace.patch(`/v1/conversations/${first}`, { ai_mode: 'closed' });
  await ada.post({ type: 'message', id: 'later', text: 'ada again' });
  await shown(adasStream, 'Echo: ada again');
  const all: SeenMessage[] = [];
  let page = await ada.history();
  for (;;) {
    all.unshift(...page.messages);
    if (page.older === null) break;
    page = await ada.history(`?page=${encodeURIComponent(page.older)}`);
  }
  const own = all.filter(({ author }) => author === 'visitor').map(({ text }) => text);
  expect(own).toEqual([...Array.from({ length: 40 }, (_, nth) => `ada ${nth}`), 'ada again']);
  expect((await eve.history(`?page=${first}~`)).messages).toEqual([]);
  expect((await eve.history()).messages).toEqual([]);
  expect(messagesIn(evesStream)).toEqual([]);
  expect((await widget('messages')).status).toBe(401);
  expect((await widget('messages', { token: `${eve.token}x` })).status).toBe(401);
});

test('only listed origins are let in, before anything else is looked at', async () => {
  const evil = 'https://evil.example';
  const asking = { origin: evil, 'access-control-request-method': 'POST' };
  const refused = await widget('session', { body: {}, from: evil });
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  const { token } = await session();
  expect((await widget('messages', { token, from: evil })).status).toBe(403);
  expect((await widget('stream', { token, from: evil })).status).toBe(403);
  const path = `/widget/${channelId}/session`;
  expect((await call(bench.gateway, { path, method: 'OPTIONS', headers: asking })).status).toBe(403);
  const asked = await call(bench.gateway, { path, method: 'OPTIONS', headers: { ...asking, origin } });
  expect([asked.status, asked.headers.get('access-control-allow-origin'), asked.headers.get('access-control-allow-headers')]).toEqual([
    204,
    origin,
    'authorization, content-type',
  ]);
  // No browser leaves it out with a POST.
  expect((await call(bench.gateway, { path: `/widget/${channelId}/session`, method: 'POST', body: {} })).status).toBe(403);
  expect((await widget('session', { body: {}, id: workspace.channelId })).status).toBe(404);
});

test('a token keeps its visitor; a user for whom the host vouches is the same visitor everywhere, and nobody else can be them', async () => {
  const first = await session();
  expect(await session({ token: first.token })).toMatchObject({ token: first.token, visitor_id: first.visitor_id });
  expect((await session({ token: 'bvt1.e30.x' })).visitor_id).not.toBe(first.visitor_id);
  const user = { id: '7', name: 'Ada Obi', email: 'ada@shop.example' };
  const hash = createHmac('sha256', identitySecret).update('7\nAda Obi\nada@shop.example').digest('hex');
  const [here, there] = [await visit({ user: { ...user, hash } }), await visit({ token: first.token, user: { ...user, hash } })];
  expect(there.visitorId).toBe(here.visitorId);
  for (const wrong of [{ hash: 'x' }, { id: '8', hash }, { email: 'boss@shop.example', hash }])
    expect((await widget('session', { body: { user: { ...user, ...wrong } } })).status).toBe(401);
  await here.post({ type: 'message', id: 'c1', text: 'It is me' });
  const conversation = await eventually(() => conversationOf(here.visitorId));
  expect((await workspace.get(`/v1/conversations/${conversation}`)).body.contact).toMatchObject({
    name: 'Ada Obi',
    email: 'ada@shop.example',
  });
});

test('an account that is switched off serves nobody any more; an erased visitor sees nothing of what was', async () => {
  const agent = await workspace.post('/v1/agents', { display_name: 'Dora', backend: { kind: 'none' } });
  const id = await makeAccount(agent.body.agent_id);
  const visitor = await visit({}, id);
  await using stream = await visitor.open();
  expect(await eventually(() => frames(stream)[0])).toMatchObject({ type: 'thread', mode: 'human' });
  await visitor.post({ type: 'message', id: 'c1', text: 'Forget me' });
  await shown(stream, 'Forget me');
  const { body } = await workspace.get(`/v1/conversations/${await conversationOf(visitor.visitorId)}`);
  const erased = await call(bench.gateway, {
    path: `/v1/contacts/${body.contact.contact_id}?erase=true`,
    method: 'DELETE',
    key: workspace.key,
  });
  expect(erased.status).toBeLessThan(300);
  await eventually(() => frames(stream).filter((frame) => frame.type === 'thread').length > 1);
  expect(frames(stream).findLast((frame) => frame.type === 'thread')).toMatchObject({ messages: [] });
  expect((await visitor.history()).messages).toEqual([]);
  await workspace.patch(`/v1/channels/${id}`, { enabled: false });
  await eventually(async () => (await widget('messages', { token: visitor.token, id })).status === 404);
  expect((await widget('session', { body: {}, id })).status).toBe(404);
});

async function conversationOf(visitorId: string): Promise<string> {
  const { body } = await workspace.get('/v1/conversations?page_size=250&channel=web');
  return body.conversations.find((one: { from_number: string }) => one.from_number === visitorId)?.conversation_id;
}

test('the script is one line for any page: a loader asked for anew, and a widget that browsers keep for ever', async () => {
  const loader = await call(bench.gateway, { path: '/widget.js' });
  const name = /widget\/assets\/(widget-[0-9a-f]{16}\.js)/.exec(loader.body)?.[1];
  expect(loader.headers.get('cache-control')).toContain('max-age=300');
  const script = await call(bench.gateway, { path: `/widget/assets/${name}` });
  for (const { status, headers } of [loader, script])
    expect([status, headers.get('content-type'), headers.get('cross-origin-resource-policy')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'cross-origin',
    ]);
  expect([script.headers.get('cache-control'), script.headers.get('access-control-allow-origin')]).toEqual([
    'public, max-age=31536000, immutable',
    '*',
  ]);
  expect(gzipSync(script.body).length).toBeLessThan(15_000);
  // Another version's name, as while an upgrade is under way: it works, and is not kept.
  const other = await call(bench.gateway, { path: '/widget/assets/widget-0000000000000000.js' });
  expect([other.body, other.headers.get('cache-control')]).toEqual([script.body, 'no-store']);
  expect((await call(bench.gateway, { path: '/widget/assets/..%2f..%2fpackage.json' })).status).toBe(404);
  // The page to try it on belongs to the simulator.
  expect((await call(bench.gateway, { path: `/widget/demo?channel=${channelId}` })).status).toBe(404);
});
