import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type StubAnswer, type StubRequest, startHttpStub } from '@baton/testkit/http-stub.ts';
import { expect, expectTypeOf, test } from 'vitest';
import { type Baton, createBaton } from '../src/baton.ts';
import { BatonApiError, BatonConnectionError } from '../src/errors.ts';
import type { components } from '../src/gen/api.ts';
import type { Frame } from '../src/stream.ts';

// What a real Baton seldom does, and what must hold when it does; the rest is in tests/e2e/sdk.test.ts.

const retry = { firstPauseMs: 1, longestPauseMs: 5 };
const problem = (status: number, code: string): StubAnswer => ({
  status,
  json: { type: 'x', title: 'x', status, detail: `It is ${code}.`, code, trace_id: 't1' },
});

/** A client of a server that answers these, one after the other, and what it was sent. */
async function scripted(answers: StubAnswer[]): Promise<AsyncDisposable & { baton: Baton; requests: StubRequest[]; url: string }> {
  const requests: StubRequest[] = [];
  const stub = await startHttpStub(async (request) => {
    requests.push(request);
    return answers[requests.length - 1] ?? { json: {} };
  });
  return {
    baton: createBaton({ baseUrl: stub.url, apiKey: 'pk_test_x', workspaceId: 'acc_1', retry, timeoutMs: 5000 }),
    requests,
    url: stub.url,
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

const send = { path: { conversation_id: 'conv_1' }, body: { body: 'Hi' } };

test('a POST is repeated under one key of its own, through lost connections and passing faults', async () => {
  await using s = await scripted([
    'reset',
    problem(503, 'unavailable'),
    problem(409, 'idempotency_in_progress'),
    { status: 201, json: { message_id: 'msg_1' } },
  ]);
  const message = await s.baton.sendMessage(send);
  expectTypeOf(message.message_id).toEqualTypeOf<string>();
  expect(message.message_id).toBe('msg_1');
  expect(s.requests.map(({ method, path, raw }) => `${method} ${path} ${raw}`)).toEqual(
    Array(4).fill('POST /v1/conversations/conv_1/messages {"body":"Hi"}'),
  );
  const keys = s.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(keys).size).toBe(1);
  expect(s.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer pk_test_x',
    'baton-workspace': 'acc_1',
    'content-type': 'application/json',
  });
  await s.baton.sendMessage(send);
  expect(s.requests[4]?.headers['idempotency-key']).not.toBe(keys[0]);
  await s.baton.sendMessage(send, { idempotencyKey: 'order-4711' });
  expect(s.requests[5]?.headers['idempotency-key']).toBe('order-4711');
});

test('a PATCH whose answer was lost is not repeated: somebody else may have changed it since', async () => {
  await using s = await scripted(['reset']);
  const change = s.baton.updateConversation({ path: { conversation_id: 'conv_1' }, body: { ai_mode: 'human' } });
  await expect(change).rejects.toThrow(BatonConnectionError);
  expect(s.requests).toHaveLength(1);
});

test('a refusal is thrown as what it says, at once', async () => {
  await using s = await scripted([problem(404, 'not_found')]);
  const error = await s.baton.getConversation({ path: { conversation_id: 'conv_1' } }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BatonApiError);
  expect(error).toMatchObject({ status: 404, code: 'not_found', detail: 'It is not_found.', traceId: 't1' });
  expect(s.requests).toHaveLength(1);
});

test('an attempt that takes too long counts as lost, and the caller can end it all', async () => {
  await using s = await scripted(['hang', { json: { workspace_id: 'acc_1' } }, 'hang']);
  expect(await s.baton.getWorkspace({ path: { workspace_id: 'acc_1' } }, { timeoutMs: 100 })).toEqual({ workspace_id: 'acc_1' });
  const stop = new AbortController();
  const call = s.baton.listAgents({}, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
});

test('rows go on over the pages to the end, and each page is asked for only when it is needed', async () => {
  const page = (ids: string[], next: string | null): StubAnswer => ({
    json: { conversations: ids.map((id) => ({ conversation_id: id })), next_page_token: next },
  });
  await using s = await scripted([page(['a', 'b'], 't/1'), page([], 't2'), page(['c'], null), page(['a', 'b'], 't1')]);
  const seen: string[] = [];
  for await (const row of s.baton.rows('listConversations', { query: { channel: 'sms', page_size: 2 } })) {
    expectTypeOf(row).toEqualTypeOf<components['schemas']['ConversationRow']>();
    seen.push(row.conversation_id);
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(s.requests.map(({ path }) => path.split('?')[1])).toEqual([
    'channel=sms&page_size=2',
    'channel=sms&page_size=2&page_token=t%2F1',
    'channel=sms&page_size=2&page_token=t2',
  ]);
  for await (const row of s.baton.rows('listConversations')) if (row.conversation_id === 'a') break;
  expect(s.requests).toHaveLength(4);
});

/** A server of streams: each connection is handed to the next of `scripts`; the last one serves all that follow. */
async function streaming(
  scripts: ((res: ServerResponse) => void)[],
): Promise<AsyncDisposable & { baton: Baton; positions: (string | undefined)[]; server: Server }> {
  const positions: (string | undefined)[] = [];
  const server = createServer((req, res) => {
    positions.push(req.headers['last-event-id'] as string | undefined);
    scripts[Math.min(positions.length, scripts.length) - 1]?.(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baton: createBaton({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'pk_test_x' }),
    positions,
    server,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const frame = (id: string | undefined, type: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ event_type: type, payload: {} })}\n\n`;

function opens(res: ServerResponse, ...frames: string[]): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' }).write(`retry: 1\n\n${frames.join('')}`);
}

async function take(frames: AsyncIterable<Frame>, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const { id, event } of frames) {
    seen.push(`${id ?? '-'} ${event.event_type}`);
    if (seen.length === count) break;
  }
  return seen;
}

test('a stream goes on after its last frame, through cut connections, faults, and what it says of itself', async () => {
  await using s = await streaming([
    (res) => {
      opens(res, frame('1', 'message.received'), 'id: 2\ndata: {"event_ty');
      // In the middle of a frame, and of a chunk's series.
      res.socket?.end();
    },
    (res) => void res.writeHead(503, { 'content-type': 'application/problem+json' }).end('{"code":"unavailable"}'),
    (res) => {
      opens(res, frame('7', 'stream.gap'), frame('8', 'message.sent'), frame(undefined, 'stream.overflow'));
      res.end();
    },
    (res) => opens(res, frame('9', 'message.delivered')),
  ]);
  const paused: number[] = [];
  const seen = await take(s.baton.stream({ onReconnect: ({ attempt }) => paused.push(attempt) }), 5);
  expect(seen).toEqual(['1 message.received', '7 stream.gap', '8 message.sent', '- stream.overflow', '9 message.delivered']);
  expect(s.positions).toEqual([undefined, '1', '1', '8']);
  expect(paused).toEqual([1, 2, 1]);
});

test('a connection that has gone silent is given up for another', async () => {
  await using s = await streaming([(res) => opens(res, frame('1', 'message.sent')), (res) => opens(res, frame('2', 'message.read'))]);
  expect(await take(s.baton.stream({ silenceMs: 100 }), 2)).toEqual(['1 message.sent', '2 message.read']);
});

test('a stream that is cut before its first frame goes on from where it began', async () => {
  await using s = await streaming([
    (res) => {
      opens(res, 'id: 5\n\n');
      setTimeout(() => res.destroy(), 50);
    },
    (res) => opens(res, frame('6', 'message.sent')),
  ]);
  expect(await take(s.baton.stream(), 1)).toEqual(['6 message.sent']);
  expect(s.positions).toEqual([undefined, '5']);
});

test('a stream that can never open throws; one that is ended ends, and lets its connection go', async () => {
  await using refused = await streaming([
    (res) => void res.writeHead(401, { 'content-type': 'application/problem+json' }).end('{"code":"unauthorized"}'),
  ]);
  await expect(take(refused.baton.stream(), 1)).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  expect(refused.positions).toHaveLength(1);

  const gone = Promise.withResolvers<void>();
  await using s = await streaming([
    (res) => {
      res.once('close', gone.resolve);
      opens(res, frame('5', 'message.sent'));
    },
  ]);
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const { event } of s.baton.stream({ conversationId: 'conv_1', lastEventId: '4', signal: stop.signal })) {
    seen.push(event.event_type);
    stop.abort();
  }
  await gone.promise;
  expect(seen).toEqual(['message.sent']);
  expect(s.positions).toEqual(['4']);
});

test('in a page the token of the session goes with what changes something, as it is at that moment, and no key', async () => {
  await using s = await scripted([]);
  let token = 'one';
  const { url } = s;
  const page = createBaton({ baseUrl: url, csrfToken: () => token });
  await page.listAgents();
  await page.sendMessage(send);
  token = 'two';
  await page.updateConversation({ path: send.path, body: { tags: [] } });
  const sent = s.requests.map(({ headers }) => headers['x-csrf-token']);
  expect(sent).toEqual([undefined, 'one', 'two']);
  expect(s.requests.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
});
