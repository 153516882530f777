import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/**
 * What a link does. `hole`: takes connections and bytes and passes none on; `half`: what the server says is lost, what it is told arrives; `slow`: everything comes 200 ms
 * later; `trickle`: the first bytes of each chunk go
 * out one by one; `broken`: every connection is reset, and so are new ones.
 */
export type Weather = 'clear' | 'hole' | 'half' | 'slow' | 'trickle' | 'broken';

export const weathers: readonly Exclude<Weather, 'clear'>[] = ['hole', 'half', 'slow', 'trickle', 'broken'];

const lateMs = 200;
/** Of each chunk so many bytes go out one by one: enough to cut every frame's head in pieces. */
const trickled = 64;

/** A TCP link that can be made bad while it is in use. */
export class FlakyLink implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #target: { host: string; port: number };
  #weather: Weather = 'clear';

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((near) => this.#carry(near));
  }

  static async open(target: { host: string; port: number }): Promise<FlakyLink> {
    const proxy = new FlakyLink(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get place(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** From now on. Bytes that a hole has swallowed are gone: when the sky clears, the connections that lost some are reset. */
  weather(next: Weather): void {
    const lost = this.#weather === 'hole' || this.#weather === 'half';
    this.#weather = next;
    if (next === 'broken' || lost) for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  #carry(near: Socket): void {
    if (this.#weather === 'broken') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#target);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
      from.pipe(this.#bytes(from === far)).pipe(to);
    }
  }

  #bytes(fromServer: boolean): Transform {
    const stream: Transform = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        switch (this.#weather) {
          case 'hole':
            return done();
          case 'half':
            return fromServer ? done() : done(null, chunk);
          case 'slow':
            setTimeout(() => done(null, chunk), lateMs);
            return;
          case 'trickle':
            for (const byte of chunk.subarray(0, trickled)) stream.push(Buffer.of(byte));
            return done(null, chunk.subarray(trickled));
          case 'clear':
          case 'broken':
            return done(null, chunk);
          default:
            return this.#weather satisfies never;
        }
      },
    });
    return stream;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await once(this.#server, 'close');
  }
}
