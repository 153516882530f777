import { request } from 'undici';

export interface SseFrame {
  id: string | undefined;
  event: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape.
  data: any;
}

/** Reads a stream of server-sent events as the standard says, and keeps every frame. */
export class SseClient implements AsyncDisposable {
  readonly frames: SseFrame[] = [];
  readonly comments: string[] = [];
  retry: number | undefined;
  status = 0;
  contentType = '';
  lastEventId: string | undefined;
  ended: Promise<void> = Promise.resolve();
  readonly #abort = new AbortController();

  static async open(url: string, o: { key?: string; cookie?: string; lastEventId?: string } = {}): Promise<SseClient> {
    const client = new SseClient();
    const answer = await request(url, {
      headers: {
        ...(o.key && { authorization: `Bearer ${o.key}` }),
        ...(o.cookie && { cookie: o.cookie }),
        ...(o.lastEventId !== undefined && { 'last-event-id': o.lastEventId }),
      },
      signal: client.#abort.signal,
      bodyTimeout: 0,
    });
    client.status = answer.statusCode;
    client.contentType = String(answer.headers['content-type']);
    client.lastEventId = o.lastEventId;
    client.ended = client.#read(answer.body.setEncoding('utf8')).catch(() => undefined);
    return client;
  }

  get sequences(): number[] {
    return this.frames.map((frame) => frame.data.sequence as number);
  }

  async #read(body: AsyncIterable<string>): Promise<void> {
    let rest = '';
    for await (const piece of body) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
    if (fields.has('')) this.comments.push(fields.get('')!);
    if (fields.has('retry')) this.retry = Number(fields.get('retry'));
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const data = fields.get('data');
    if (data === undefined) return;
    this.frames.push({ id: fields.get('id'), event: fields.get('event'), data: JSON.parse(data) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }
}
