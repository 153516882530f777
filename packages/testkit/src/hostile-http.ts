import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** One POST that the server would take, for the hostile requests to be made of. */
export interface HostileTarget {
  port: number;
  path: string;
  /** With what lets it in; each without a line break. */
  headers: string[];
  /** JSON text with `%` where a text of the caller's choice stands. */
  body: string;
}

export interface HostileRequest {
  name: string;
  bytes: Buffer;
  /** What may be answered. */
  statuses: number[];
}

const crlf = '\r\n';

/** What servers have been brought down, confused or filled with. Each one ends with its connection. */
export function hostileRequests(o: HostileTarget): HostileRequest[] {
  const head = (lines: string[], start = `POST ${o.path} HTTP/1.1`) =>
    `${[start, 'host: x', 'connection: close', ...lines].join(crlf)}${crlf}${crlf}`;
  const json = [...o.headers, 'content-type: application/json'];
  const one = (name: string, statuses: number[], ...parts: (string | Buffer)[]): HostileRequest => ({
    name,
    statuses,
    bytes: Buffer.concat(parts.map((part) => Buffer.from(part as string))),
  });
  const withBody = (name: string, statuses: number[], body: string | Buffer, more: string[] = []): HostileRequest =>
    one(name, statuses, head([...json, ...more, `content-length: ${Buffer.byteLength(body)}`]), body);
  const many = (count: number) => Array.from({ length: count }, (_, i) => `x${i}: 1`);
  const text = (value: string) => o.body.replace('%', value);
  const bomb = gzipSync(Buffer.alloc(64 * 1024 ** 2, 32));
  return [
    one('ten thousand headers', [431], head([...o.headers, ...many(10_000)])),
    one('more headers than are counted', [431], head([...o.headers, ...many(400)])),
    one('one header of 20 KiB', [431], head([...o.headers, `x: ${'x'.repeat(20_480)}`])),
    one('an address of 20 KiB', [414, 431], head(o.headers, `GET ${o.path}?${'x'.repeat(20_480)} HTTP/1.1`)),
    one('TRACE', [404, 405], head([...o.headers, 'x-secret: canary-traced'], `TRACE ${o.path} HTTP/1.1`)),
    one('a method that nobody knows', [400], head(o.headers, `FROBNICATE ${o.path} HTTP/1.1`)),
    one('no host', [400], `GET /healthz HTTP/1.1${crlf}connection: close${crlf}${crlf}`),
    one('two lengths', [400], head([...json, 'content-length: 2', 'content-length: 3']), '{}'),
    one('a length and chunks', [400], head([...json, 'content-length: 2', 'transfer-encoding: chunked']), `0${crlf}${crlf}`),
    one('chunks by another name', [400, 501], head([...json, 'transfer-encoding: xchunked']), '{}'),
    one('a chunk that is no number', [400], head([...json, 'transfer-encoding: chunked']), `zz${crlf}{}${crlf}0${crlf}${crlf}`),
    one('NUL in a header', [400], head([...o.headers, 'x: a\0b'])),
    one('a folded header', [400], head([...o.headers, 'x: a', ' b'])),
    one('an address that is not UTF-8', [400, 404], head(o.headers, `GET ${o.path}%ff%fe HTTP/1.1`)),
    one('bytes beyond ASCII in the address', [400, 404], head(o.headers, `GET ${o.path}\xff HTTP/1.1`)),
    one('a proxy’s address', [400, 404, 405], head(o.headers, 'GET http://169.254.169.254/latest HTTP/1.1')),
    one('TLS where there is none', [400], Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])),
    withBody('a million brackets', [400], '['.repeat(1_000_000)),
    withBody('a hundred thousand objects in each other', [400], `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
    withBody('a prototype', [400], `{"__proto__":{"polluted":"canary"},"constructor":{"prototype":{"polluted":"canary"}}}`),
    withBody('NUL in a text, without its quotes', [400], '{"a":"\0"}'),
    withBody('a number without end', [400], `{"a":${'9'.repeat(400_000)}`),
    withBody('bytes that are no text', [400], Buffer.from([0xff, 0xfe, 0xfd, 0x00])),
    withBody('half a megabyte of backslashes', [400], text('\\u00').padEnd(500_000, '\\')),
    withBody('a compressed bomb', [415], bomb, ['content-encoding: gzip']),
    withBody('a compressed bomb that is called plain', [400], bomb),
    one(
      'chunks of more than a megabyte',
      [413],
      head([...json, 'transfer-encoding: chunked']),
      `${(1_100_000).toString(16)}${crlf}`,
      Buffer.alloc(1_100_000, 32),
    ),
  ];
}

/** All that comes back for these bytes until the server hangs up, or `enough` says so. */
export function exchange(port: number, bytes: Buffer | string, enough: (text: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (enough(text)) socket.destroy();
    });
    // A server that hangs up on what it refuses may do so while it is still being written to.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

/** 0: nothing came. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3}) /.exec(answer)?.[1] ?? 0);
}

/** Sends one piece every `everyMs` until the server hangs up; what it said. */
export function drip(port: number, pieces: Iterable<string>, everyMs: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const rest = pieces[Symbol.iterator]();
    const socket = connect(port, '127.0.0.1');
    const timer = setInterval(() => {
      const { value, done } = rest.next();
      if (!done && socket.writable) socket.write(value);
    }, everyMs);
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(text);
    });
  });
}

/** A question that any of our servers answers, and whose connection ends with the answer. */
export const askOnce = 'GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

/** Connections that have been taken in by the server and stay open. */
export async function holdConnections(port: number, count: number): Promise<Socket[]> {
  const held = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  for (const socket of held) {
    const answered = new Promise((resolve) => socket.once('data', resolve));
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await answered;
  }
  return held;
}
