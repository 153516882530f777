import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Json } from '../api.ts';

export type SseFrame = { id: string | undefined; event: string | undefined; data: Json };

/** One open stream; it never reconnects by itself. */
export class SseReader implements AsyncDisposable {
  readonly frames: SseFrame[] = [];
  /** Resolves when the stream has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  #begun: string | undefined;

  private constructor(body: ReadableStream<Uint8Array>, o: { abort: AbortController; begun: string | undefined }) {
    this.#abort = o.abort;
    this.#begun = o.begun;
    this.ended = this.#read(body).catch(() => undefined);
  }

  /** Resolves when the server has answered 200. */
  static async open(url: string, o: { key?: string; lastEventId?: string } = {}): Promise<SseReader> {
    const abort = new AbortController();
    const response = await fetch(url, {
      headers: {
        accept: 'text/event-stream',
        ...(o.key === undefined ? {} : { authorization: `Bearer ${o.key}` }),
        ...(o.lastEventId === undefined ? {} : { 'last-event-id': o.lastEventId }),
      },
      signal: abort.signal,
    });
    if (response.status !== 200 || !response.body) throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
    return new SseReader(response.body, { abort, begun: o.lastEventId });
  }

  /** Where to go on: after the last frame, else where it was asked to begin, else where the stream said before its first frame that it begins. */
  get lastEventId(): string | undefined {
    return this.frames.findLast(({ id }) => id !== undefined)?.id ?? this.#begun;
  }

  /** The frames of these types, without the rest. */
  ofType(...types: string[]): Json[] {
    return this.frames.map(({ data }) => data).filter(({ event_type }) => types.includes(event_type));
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const onId = (id: string) => {
      this.#begun ??= id;
    };
    const events = body.pipeThrough(new TextDecoderStream() as never).pipeThrough(new EventSourceParserStream({ onId }));
    for await (const { id, event, data } of events) this.frames.push({ id, event, data: JSON.parse(data) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }
}
