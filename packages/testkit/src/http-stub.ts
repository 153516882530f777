import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What a stub does with a request instead of the ordinary: an answer, silence until the caller gives up, or a cut connection. */
export type StubAnswer = { status?: number; json?: unknown; headers?: Record<string, string>; delayMs?: number } | 'hang' | 'reset';

export type StubRequest = {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  /** The bytes as they came. */
  raw: string;
  /** When it began to come, in ms since 1970 by the stub's own clock. */
  at: number;
  /** When its last byte had come. */
  wholeAt: number;
};

export type HttpStub = AsyncDisposable & { url: string };

/** An HTTP server on loopback that gives every whole request to `handle` and sends what that answers. */
export async function startHttpStub(handle: (request: StubRequest, gone: AbortSignal) => Promise<StubAnswer>): Promise<HttpStub> {
  const server = createServer((req, res) => void serve(req, res, handle));
  // Clients keep connections for reuse; a stub that closed them first would fail the next request by a race.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function serve(req: IncomingMessage, res: ServerResponse, handle: Parameters<typeof startHttpStub>[0]): Promise<void> {
  const at = Date.now();
  const gone = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    const answer = await handle(
      { method: req.method ?? '', path: req.url ?? '', headers, raw: Buffer.concat(chunks).toString('utf8'), at, wholeAt: Date.now() },
      gone.signal,
    );
    if (answer === 'hang') return;
    if (answer === 'reset') {
      req.socket.resetAndDestroy();
      return;
    }
    if (answer.delayMs) await wait(answer.delayMs, undefined, { signal: gone.signal });
    const status = answer.status ?? 200;
    const body = answer.json === undefined ? '' : JSON.stringify(answer.json);
    res.writeHead(status, { ...(body === '' ? {} : { 'content-type': 'application/json' }), ...answer.headers }).end(body);
  } catch {
    // The caller went away, in the body or during the delay: that is what some tests are about.
    res.destroy();
  }
}
