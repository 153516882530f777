import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Egress, type EgressRequest, openEgress } from '../src/egress.ts';
import { EgressError } from '../src/egress-error.ts';

const loopback = ['127.0.0.0/8', '::1/128'];
let open: AsyncDisposableStack = new AsyncDisposableStack();
afterEach(async () => {
  await open.disposeAsync();
  open = new AsyncDisposableStack();
});

function egress(o: Partial<Parameters<typeof openEgress>[0]> = {}): Egress {
  return open.use(openEgress({ allow: loopback, connectionsPerOrigin: 4, ...o }));
}

/** An HTTP server on loopback; counts its connections and requests. */
async function serve(listener: RequestListener): Promise<{ port: number; connections: number; requests: number }> {
  const seen = { port: 0, connections: 0, requests: 0 };
  const server = createServer((req, res) => {
    seen.requests++;
    listener(req, res);
  });
  server.on('connection', () => seen.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  seen.port = (server.address() as AddressInfo).port;
  open.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return seen;
}

function call(url: string, more: Partial<EgressRequest> = {}): EgressRequest {
  return { method: 'POST', url, headers: { 'content-type': 'text/plain' }, body: 'hello', timeoutMs: 5000, maxBytes: 1024, ...more };
}

async function failure(promise: Promise<unknown>): Promise<EgressError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EgressError);
  return error as EgressError;
}

describe('a call', () => {
  it('brings back status, headers and body over one kept connection', async () => {
    const server = await serve(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      res.setHeader('x-seen', String(req.headers['x-mine']));
      res.end(`${req.method} ${req.url} ${Buffer.concat(chunks)}`);
    });
    const client = egress({ connectionsPerOrigin: 1 });
    for (let i = 0; i < 3; i++) {
      const answer = await client.request(call(`http://127.0.0.1:${server.port}/a?b=1`, { headers: { 'x-mine': 'yes' } }));
      expect([answer.status, answer.headers['x-seen'], answer.body.toString()]).toEqual([200, 'yes', 'POST /a?b=1 hello']);
    }
    expect(server.connections).toBe(1);
  });

  it('answers with a redirect instead of following it', async () => {
    const inner = await serve((_, res) => res.end('secret'));
    const server = await serve((_, res) => res.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end());
    expect((await egress().request(call(`http://127.0.0.1:${server.port}/`))).status).toBe(302);
    expect(inner.requests).toBe(0);
  });

  it('cuts off an answer beyond the cap, announced or streamed without end', async () => {
    const announced = await serve((_, res) => res.end(Buffer.alloc(4096)));
    const endless = await serve((_, res) => {
      const more = () => {
        while (!res.destroyed && res.write(Buffer.alloc(512)));
        if (!res.destroyed) res.once('drain', more);
      };
      more();
    });
    for (const { port } of [announced, endless]) {
      const error = await failure(egress().request(call(`http://127.0.0.1:${port}/`)));
      expect([error.fault, error.phase]).toEqual(['too_large', 'after_request']);
    }
  });
});

describe('where a failed call stood', () => {
  it('is before the request when nobody listens', async () => {
    const error = await failure(egress().request(call('http://127.0.0.1:1/')));
    expect([error.fault, error.phase, error.message]).toEqual(['connect', 'before_request', 'ECONNREFUSED']);
  });

  it('is after it when the server closes without an answer', async () => {
    const server = await serve((req) => req.socket.destroy());
    const error = await failure(egress().request(call(`http://127.0.0.1:${server.port}/`)));
    expect([error.fault, error.phase]).toEqual(['broken', 'after_request']);
  });

  it('is after it when the answer is no HTTP', async () => {
    const server = createTcpServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.end('nonsense\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.defer(() => void server.close());
    const error = await failure(egress().request(call(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)));
    expect(error.fault).toBe('broken');
  });

  it('is after it when a server hangs, in headers or in the body', async () => {
    const silent = await serve(() => undefined);
    const halfway = await serve((_, res) => void res.write('x'));
    for (const { port } of [silent, halfway]) {
      const error = await failure(egress().request(call(`http://127.0.0.1:${port}/`, { timeoutMs: 100 })));
      expect([error.fault, error.phase]).toEqual(['timeout', 'after_request']);
    }
  });

  it('is before it when the call gave up waiting for a connection, and then it is never sent', async () => {
    let release = () => undefined as unknown;
    const server = await serve((req, res) => {
      if (req.url === '/first') release = () => res.end();
      else res.end();
    });
    const client = egress({ connectionsPerOrigin: 1 });
    const first = client.request(call(`http://127.0.0.1:${server.port}/first`));
    const error = await failure(client.request(call(`http://127.0.0.1:${server.port}/second`, { timeoutMs: 100 })));
    expect([error.fault, error.phase]).toEqual(['timeout', 'before_request']);
    release();
    await first;
    await client.request(call(`http://127.0.0.1:${server.port}/third`));
    expect(server.requests).toBe(2);
  });

  it('is after it when the caller cut it off in flight, before it when the signal had already fired', async () => {
    const abort = new AbortController();
    const server = await serve(() => abort.abort());
    const running = await failure(egress().request(call(`http://127.0.0.1:${server.port}/`, { signal: abort.signal })));
    expect([running.fault, running.phase]).toEqual(['aborted', 'after_request']);
    const late = await failure(egress().request(call(`http://127.0.0.1:${server.port}/`, { signal: abort.signal })));
    expect([late.fault, late.phase, server.requests]).toEqual(['aborted', 'before_request', 1]);
  });
});

describe('the guard', () => {
  it.each([
    'http://127.0.0.1:{port}/',
    'http://localhost:{port}/',
    'http://127.1:{port}/',
    'http://2130706433:{port}/',
    'http://0x7f000001:{port}/',
    'http://0177.0.0.1:{port}/',
    'http://0:{port}/',
    'http://[::1]:{port}/',
    'http://[::ffff:127.0.0.1]:{port}/',
    'http://[64:ff9b::7f00:1]:{port}/',
    'http://169.254.169.254/latest/meta-data/',
    'http://①②⑦.0.0.1:{port}/',
  ])('refuses %s without a connection', async (pattern) => {
    const server = await serve((_, res) => res.end('secret'));
    const error = await failure(egress({ allow: [] }).request(call(pattern.replace('{port}', String(server.port)))));
    expect([error.fault, error.phase, server.connections]).toEqual(['refused', 'before_request', 0]);
  });

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'nonsense', 'http://user:pw@example.com/'])('refuses the URL %s', async (url) => {
    expect((await failure(egress().request(call(url)))).fault).toBe('refused');
  });

  it('refuses a public name that resolves to a private address', async () => {
    const server = await serve((_, res) => res.end('secret'));
    const client = egress({ allow: [], resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) });
    const error = await failure(client.request(call(`http://innocent.example:${server.port}/`)));
    expect([error.fault, server.connections]).toEqual(['refused', 0]);
  });

  it('connects to the address it checked and asks for no second one', async () => {
    const server = await serve((req, res) => res.end(String(req.headers.host)));
    let asked = 0;
    const client = egress({
      allow: ['127.0.0.1/32'],
      resolve: (_, done) => {
        asked++;
        // The forbidden one first, as a rebinding server would answer.
        done(null, [
          { address: '169.254.169.254', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]);
      },
    });
    const answer = await client.request(call(`http://mixed.example:${server.port}/`));
    expect([answer.body.toString(), asked]).toEqual([`mixed.example:${server.port}`, 1]);
  });
});

describe('reading something large', () => {
  const read = (client: Egress, url: string, more: object = {}) =>
    client.read({ url, headers: {}, timeoutMs: 5000, maxBytes: 1_000_000, ...more });
  const whole = async (body: AsyncIterable<Buffer>) => {
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    return bytes;
  };

  it('gives status and headers first, then the body as it is taken', async () => {
    let written = 0;
    const server = await serve((_req, res) => {
      res.on('error', () => undefined);
      const more = () => {
        while (written < 64_000_000 && res.write(Buffer.alloc(64 * 1024))) written += 64 * 1024;
        if (written >= 64_000_000) res.end();
      };
      res.on('drain', more);
      more();
    });
    const reading = await read(egress(), `http://127.0.0.1:${server.port}/`, { maxBytes: 100_000_000 });
    expect(reading.status).toBe(200);
    const chunks = reading.body[Symbol.asyncIterator]();
    await chunks.next();
    // What nobody takes stays at the other end, but for what buffers on the way hold.
    expect(written).toBeLessThan(64_000_000);
    await chunks.return?.();
  });

  it('is held to its size, told or not', async () => {
    const server = await serve((req, res) => {
      if (req.url === '/told') res.setHeader('content-length', 2_000_000);
      res.write(Buffer.alloc(1_000_000));
      res.end(Buffer.alloc(1_000_000));
    });
    const client = egress();
    expect((await failure(read(client, `http://127.0.0.1:${server.port}/told`))).fault).toBe('too_large');
    const { body } = await read(client, `http://127.0.0.1:${server.port}/untold`);
    expect((await failure(whole(body))).fault).toBe('too_large');
  });

  it('is held to its time, also between two parts', async () => {
    const server = await serve((_req, res) => void res.write('first'));
    const { body } = await read(egress(), `http://127.0.0.1:${server.port}/`, { timeoutMs: 300 });
    expect((await failure(whole(body))).fault).toBe('timeout');
  });

  it('fails rather than ends when the connection breaks', async () => {
    const server = await serve((_req, res) => {
      res.setHeader('content-length', 100);
      res.write('half', () => res.destroy());
    });
    const { body } = await read(egress(), `http://127.0.0.1:${server.port}/`);
    expect((await failure(whole(body))).fault).toBe('broken');
  });

  it('goes nowhere that a call may not go, and ends when its caller leaves', async () => {
    const server = await serve((_req, res) => void res.write('first'));
    expect((await failure(read(egress({ allow: [] }), `http://127.0.0.1:${server.port}/`))).fault).toBe('refused');
    expect(server.connections).toBe(0);
    const leaving = new AbortController();
    const { body } = await read(egress(), `http://127.0.0.1:${server.port}/`, { signal: leaving.signal });
    leaving.abort();
    expect((await failure(whole(body))).fault).toBe('aborted');
  });
});

describe('a plain connection, for what is not HTTP', () => {
  it('reaches what is allowed, by name as well', async () => {
    const server = await serve((_, res) => res.end());
    const to = { port: server.port, timeoutMs: 5000 };
    const named = egress({ resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) });
    for (const [way, host] of [
      [egress(), '127.0.0.1'],
      [named, 'mail.example.com'],
    ] as const) {
      const socket = await way.connect({ ...to, host });
      expect(socket.remoteAddress).toBe('127.0.0.1');
      socket.destroy();
    }
  });

  it('does not reach what is not allowed, whatever the name says', async () => {
    const server = await serve((_, res) => res.end());
    const to = { port: server.port, timeoutMs: 5000 };
    const closed = egress({ allow: [], resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) });
    for (const host of ['127.0.0.1', '[::1]', 'mail.example.com', '169.254.169.254'])
      expect(await failure(closed.connect({ ...to, host })), host).toMatchObject({ fault: 'refused', phase: 'before_request' });
    expect(server.connections).toBe(0);
  });

  it('says that nobody is there', async () => {
    const server = await serve((_, res) => res.end());
    await open.disposeAsync();
    open = new AsyncDisposableStack();
    expect(await failure(egress().connect({ host: '127.0.0.1', port: server.port, timeoutMs: 5000 }))).toMatchObject({ fault: 'connect' });
  });
});
