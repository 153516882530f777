import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextRound, setTimeout as wait } from 'node:timers/promises';
import { eventually } from './eventually.ts';

/** The body of a request for a chat completion, as far as tests look at it. */
export interface CompletionRequest {
  model: string;
  messages: { role: string; content: string | { type: string; text?: string; image_url?: { url: string } }[] }[];
  stream?: boolean;
  tools?: { type: string; function: { name: string } }[];
  [field: string]: unknown;
}

export interface CompletionCall {
  request: CompletionRequest;
  headers: IncomingMessage['headers'];
  /** By the clock of `performance.now()`: when the socket was closed before the answer was whole. */
  abandonedAt: number | undefined;
}

/** What the model says, and how the server misbehaves while it does. */
export interface Saying {
  text?: string | null;
  refusal?: string;
  tool?: { name: string; arguments: string };
  finish?: 'stop' | 'length' | 'content_filter' | 'tool_calls';
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  /** Answers whole although a stream was asked for. */
  whole?: true;
  /** Writes the stream in pieces of so many bytes. */
  pieces?: number;
  /** After the last part: `[DONE]` and the end (the default), the end alone, `[DONE]` and a connection that stays open, or silence. */
  end?: 'done' | 'close' | 'open' | 'hang';
  /** Breaks off in the middle. */
  breaks?: 'reset' | 'error' | 'early';
  pauseMs?: number;
}

export type CompletionAnswer = Saying | { status: number; error?: object; headers?: Record<string, string> };

export interface FakeOpenAi extends AsyncDisposable {
  /** With `/v1`. */
  baseUrl: string;
  calls: CompletionCall[];
  respond(how: CompletionAnswer | ((call: CompletionCall, nth: number) => CompletionAnswer)): void;
  call(nth: number): Promise<CompletionCall>;
}

/** A server that speaks OpenAI's chat completions, streamed and whole, refuses what OpenAI refuses, and writes down every call. */
export async function startFakeOpenAi(o: { apiKey?: string } = {}): Promise<FakeOpenAi> {
  const calls: CompletionCall[] = [];
  let respond: (call: CompletionCall, nth: number) => CompletionAnswer = () => ({ text: 'Hello from the model.' });
  const server = createServer((req, res) => {
    handle(req, res).catch(() => res.destroy());
  });
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const refusal = whyNot(req, o.apiKey) ?? whyNotBody(Buffer.concat(chunks).toString('utf8'));
    if (refusal) return refuse(res, refusal);
    const request = JSON.parse(Buffer.concat(chunks).toString('utf8')) as CompletionRequest;
    const call: CompletionCall = { request, headers: req.headers, abandonedAt: undefined };
    res.once('close', () => {
      if (!res.writableFinished) call.abandonedAt = performance.now();
    });
    const answer = respond(call, calls.push(call));
    if ('status' in answer) return refuse(res, answer);
    return request.stream && !answer.whole ? stream(res, request, answer) : whole(res, request, answer);
  };
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    respond: (how) => {
      respond = typeof how === 'function' ? how : () => how;
    },
    call: async (nth) => {
      await eventually(
        () => calls.length,
        (count) => count >= nth,
        { what: `completion number ${nth}` },
      );
      return calls[nth - 1]!;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Refusal {
  status: number;
  error?: object;
  headers?: Record<string, string>;
}

function refuse(res: ServerResponse, { status, error, headers }: Refusal): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify({ error: error ?? { message: 'no', type: 'server_error', param: null, code: null } }));
}

const invalid = (message: string, param: string | null = null): Refusal => ({
  status: 400,
  error: { message, type: 'invalid_request_error', param, code: null },
});

function whyNot(req: IncomingMessage, apiKey: string | undefined): Refusal | undefined {
  if (req.method !== 'POST' || req.url !== '/v1/chat/completions')
    return { status: 404, error: { message: 'Unknown request URL', code: 'unknown_url' } };
  if (apiKey !== undefined && req.headers.authorization !== `Bearer ${apiKey}`)
    return {
      status: 401,
      error: { message: 'Incorrect API key provided', type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
    };
  return req.headers['content-type']?.startsWith('application/json') ? undefined : invalid('the body must be JSON');
}

/** What OpenAI's reference says about the fields that we send. */
function whyNotBody(raw: string): Refusal | undefined {
  let body: CompletionRequest;
  try {
    body = JSON.parse(raw) as CompletionRequest;
  } catch {
    return invalid('We could not parse the JSON body of your request.');
  }
  if (typeof body.model !== 'string') return invalid('you must provide a model parameter', 'model');
  if (!Array.isArray(body.messages) || body.messages.length === 0) return invalid('[] is too short', 'messages');
  for (const [at, { role, content }] of body.messages.entries()) {
    if (!['system', 'user', 'assistant'].includes(role)) return invalid(`'${role}' is not one of the roles`, `messages.[${at}].role`);
    if (content === '' || content.length === 0) return invalid('content is empty', `messages.[${at}].content`);
    if (typeof content !== 'string' && role !== 'user' && content.some((part) => part.type !== 'text'))
      return invalid('images are only allowed for users', `messages.[${at}].content`);
  }
  if (body['stream_options'] !== undefined && body.stream !== true)
    return invalid("'stream_options' is only allowed with 'stream'", 'stream_options');
  return undefined;
}

const usual = { prompt_tokens: 31, completion_tokens: 7, total_tokens: 38 };
const frame = (request: CompletionRequest, object: string) => ({
  id: 'chatcmpl-1',
  object,
  created: 1_700_000_000,
  model: `${request.model}-2026`,
});
const finishOf = (s: Saying) => s.finish ?? (s.tool ? 'tool_calls' : 'stop');

function whole(res: ServerResponse, request: CompletionRequest, s: Saying): void {
  const message = {
    role: 'assistant',
    content: s.text ?? null,
    refusal: s.refusal ?? null,
    ...(s.tool && { tool_calls: [{ id: 'call_1', type: 'function', function: s.tool }] }),
  };
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(
    JSON.stringify({
      ...frame(request, 'chat.completion'),
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(s) }],
      usage: s.usage ?? usual,
    }),
  );
}

async function stream(res: ServerResponse, request: CompletionRequest, s: Saying): Promise<void> {
  const part = (delta: object, finish_reason: string | null = null) => ({
    ...frame(request, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });
  const words = (text: string) => text.match(/\s*\S+\s*/gu) ?? [];
  const call = (more: object) => ({ tool_calls: [{ index: 0, ...more }] });
  const parts: object[] = [
    part({ role: 'assistant', content: '', refusal: null }),
    ...words(s.text ?? '').map((content) => part({ content })),
    ...words(s.refusal ?? '').map((refusal) => part({ refusal })),
    ...(s.tool ? [part(call({ id: 'call_1', type: 'function', function: { name: s.tool.name, arguments: '' } }))] : []),
    ...(s.tool?.arguments.match(/[\s\S]{1,5}/g) ?? []).map((piece) => part(call({ function: { arguments: piece } }))),
  ];
  const tail = [part({}, finishOf(s)), { ...frame(request, 'chat.completion.chunk'), choices: [], usage: s.usage ?? usual }];
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const shown = s.breaks ? parts : [...parts, ...tail];
  const text = [
    ': ping\n\n',
    ...shown.map((one) => `data: ${JSON.stringify(one)}\n\n`),
    ...(s.breaks || (s.end ?? 'done') === 'close' ? [] : doneOf(s)),
  ].join('');
  await write(res, Buffer.from(text), s);
  if (s.breaks === 'reset') res.socket?.resetAndDestroy();
  else if (s.breaks === 'error') res.end('data: {"error":{"message":"boom","type":"server_error","code":"overloaded"}}\n\n');
  else if (s.end !== 'open' && s.end !== 'hang') res.end();
}

const doneOf = (s: Saying) => (s.end === 'hang' ? [] : ['data: [DONE]\n\n']);

async function write(res: ServerResponse, bytes: Buffer, s: Saying): Promise<void> {
  const size = s.pieces ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    res.write(bytes.subarray(at, at + size));
    if (s.pauseMs) await wait(s.pauseMs);
    else if (s.pieces) await nextRound();
  }
}
