import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { formatPosition, type GapReason, type Position, parsePosition } from '../domain/position.ts';
import type { Events } from '../events.ts';
import { catchUp } from './catch-up.ts';
import { extentOf, openFeed } from './feed.ts';
import { frameOf, gapFrame, overflowFrame, placeFrame } from './frame.ts';
import { Groups } from './groups.ts';
import { type Interest, matches, Reader, type Sink } from './reader.ts';
import { Recent } from './recent.ts';
import { Ring } from './ring.ts';

const ringSize = { maxFrames: 20_000, maxBytes: 16 * 1024 * 1024 };
/** The feed stays open so long after the last reader left: most of them are only reconnecting. */
const lingerMs = 60_000;
/** What a returning reader missed is written at once up to this size; beyond, it is read from the store at the reader's own pace. */
const atOnceBytes = 256 * 1024;

/**
 * All live streams of this process hang on one feed of the EVENTS stream. An event is made a frame once, however many read it.
 *
 * Joining without hole or repeat: a reader notes the hub's place `p` and is in the group from the same moment, so the hub brings
 * everything after `p`; what lies between the reader's own position and `p` comes from the ring or the store; and a reader takes
 * nothing at or below its position.
 */
export class Hub implements AsyncDisposable {
  readonly #bus: () => Promise<Bus>;
  readonly #logger: Logger;
  readonly #events: Events;
  readonly #groups: Groups;
  readonly #recent = new Recent(100_000);
  /** Up to where the feed has been read, and of which incarnation of the stream; undefined before the first feed. */
  #place: { incarnation: number; sequence: number } | undefined;
  #ring = new Ring({ floor: 0, ...ringSize });
  #running: Promise<void> | undefined;
  #ready = Promise.withResolvers<void>();
  #idleSince: number | undefined;
  #closed = new AbortController();

  constructor(o: { bus: () => Promise<Bus>; logger: Logger; events: Events }) {
    this.#bus = o.bus;
    this.#logger = o.logger;
    this.#events = o.events;
    this.#groups = new Groups({ tooSlow: (reader) => this.overflow(reader), sent: (count) => this.#events.framesSent(count) });
  }

  get readers(): number {
    return this.#groups.size;
  }

  /** Where the feed has got to. Only meaningful while a reader is open. */
  get place(): { incarnation: number; sequence: number } {
    return this.#place!;
  }

  /** Makes sure that the feed runs; rejects with `unavailable` when it can't within five seconds. Call it before {@link join}. */
  async ready(): Promise<void> {
    if (this.#closed.signal.aborted) throw new BatonError('unavailable', 'This instance is stopping.', { retryAfterSeconds: 1 });
    this.#idleSince = undefined;
    this.#running ??= this.#run();
    const late = delay(5000, 'late' as const, { ref: false });
    if ((await Promise.race([this.#ready.promise, late])) === 'late')
      throw new BatonError('unavailable', 'The event stream cannot be reached right now.', { retryAfterSeconds: 2 });
  }

  /** Opens a stream. `lastEventId`: the id of the last frame the reader has; without it the stream starts now. The answer closes it. */
  join(interest: Interest, lastEventId: string | undefined, sink: Sink): () => void {
    const reader = new Reader(interest, sink);
    const position = lastEventId === undefined ? undefined : parsePosition(lastEventId);
    if (position && position.incarnation !== this.place.incarnation) void this.#enterFromElsewhere(reader, position);
    else this.#enter(reader, position ?? lastEventId);
    return () => this.leave(reader);
  }

  /**
   * Its position is of another incarnation of the stream: of one that was lost, or of one that this hub has yet to hear of, as another instance has. The latter
   * misses nothing, so it is not told of a gap; it comes again when this hub has caught up.
   */
  async #enterFromElsewhere(reader: Reader, position: Position): Promise<void> {
    const present = await this.#bus()
      .then(extentOf)
      .catch(() => undefined);
    if (reader.closed) return;
    const behind = present?.incarnation === position.incarnation && this.#place?.incarnation !== position.incarnation;
    if (present && this.#place && !behind) this.#enter(reader, position);
    else this.comeAgain(reader);
  }

  /** Ends a stream of which more is known elsewhere than here: nothing is lost to a reader who goes on from the same place a moment later. */
  comeAgain(reader: Reader): void {
    this.leave(reader);
    reader.sink.end();
  }

  /** `from`: undefined is now; a text is no position. */
  #enter(reader: Reader, from: Position | string | undefined): void {
    this.#groups.add(reader);
    this.#idleSince = undefined;
    reader.position = this.place.sequence;
    if (from === undefined) reader.sink.write(placeFrame(this.place));
    else if (typeof from === 'string') this.gap(reader, 'unknown_position');
    else this.#resume(reader, from);
  }

  leave(reader: Reader): void {
    if (reader.closed) return;
    reader.closed = true;
    this.#groups.remove(reader);
    if (this.#groups.size === 0) this.#idleSince = Date.now();
  }

  /** Tells one reader that it lost something, and puts it where the feed is. */
  gap(reader: Reader, reason: GapReason): void {
    reader.drop(this.place.sequence);
    this.#events.streamGap(reason);
    reader.sink.write(gapFrame({ ...this.#notice(reader), id: formatPosition(this.place) }, reason));
  }

  /** Cuts off a reader that does not keep up. */
  overflow(reader: Reader): void {
    if (reader.closed) return;
    this.leave(reader);
    this.#events.streamOverflow();
    reader.sink.end(overflowFrame(this.#notice(reader)));
  }

  bus(): Promise<Bus> {
    return this.#bus();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    for (const reader of [...this.#groups]) {
      this.leave(reader);
      reader.sink.end();
    }
    await this.#running;
  }

  #notice(reader: Reader) {
    return {
      eventId: newId('event'),
      workspaceId: reader.interest.workspaceId,
      conversationId: reader.interest.conversationId,
      timestamp: new Date(),
    };
  }

  #resume(reader: Reader, position: Position): void {
    if (position.incarnation !== this.place.incarnation) {
      this.gap(reader, 'stream_rebuilt');
      return;
    }
    reader.position = position.sequence;
    const missed = this.#ring.after(position.sequence, (frame) => matches(reader.interest, frame));
    const bytes = missed?.reduce((sum, frame) => sum + frame.bytes.length, 0) ?? Number.POSITIVE_INFINITY;
    if (missed && bytes <= atOnceBytes && position.sequence <= this.place.sequence) {
      reader.give(missed);
      reader.position = this.place.sequence;
      return;
    }
    reader.hold();
    void catchUp(this, reader, this.#closed.signal).catch((error: unknown) => {
      this.#logger.warn({ err: error }, 'a reader could not be brought up to date');
      this.overflow(reader);
    });
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted && !this.#idleTooLong()) {
      try {
        const bus = await this.#bus();
        await this.#follow(bus);
      } catch (error) {
        this.#logger.warn({ err: error }, 'the feed of events broke off; starting again');
      }
      await delay(200, undefined, { signal: this.#closed.signal }).catch(() => undefined);
    }
    // In the same turn as the decision to end, so that no reader can join in between.
    this.#running = undefined;
    this.#place = undefined;
    this.#ready = Promise.withResolvers();
  }

  #idleTooLong(): boolean {
    return this.#idleSince !== undefined && Date.now() - this.#idleSince >= lingerMs;
  }

  async #follow(bus: Bus): Promise<void> {
    const extent = await extentOf(bus);
    const place = this.#place;
    if (!place) this.#restart(extent.incarnation, extent.last);
    else if (extent.incarnation !== place.incarnation)
      this.#gapAll('stream_rebuilt', { incarnation: extent.incarnation, sequence: extent.first - 1 });
    else if (place.sequence + 1 < extent.first) this.#gapAll('position_too_old', { ...place, sequence: extent.first - 1 });
    else if (place.sequence > extent.last) this.#gapAll('unknown_position', { ...place, sequence: extent.last });
    const { incarnation, sequence } = this.place;
    await using feed = await openFeed(bus, { from: sequence + 1, incarnation, onMessage: (message) => this.#take(message, incarnation) });
    this.#ready.resolve();
    const idle = this.#untilIdle();
    const reason = await Promise.race([feed.ended, idle.promise]);
    idle.cancel();
    if (reason !== 'idle' && reason !== 'closed') this.#logger.info({ reason }, 'the feed of events ended; opening another');
  }

  #untilIdle(): { promise: Promise<string>; cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<string>();
    const timer = setInterval(() => this.#idleTooLong() && resolve('idle'), 1000);
    const stop = () => resolve('closed');
    this.#closed.signal.addEventListener('abort', stop, { once: true });
    return {
      promise,
      cancel: () => {
        clearInterval(timer);
        this.#closed.signal.removeEventListener('abort', stop);
      },
    };
  }

  #restart(incarnation: number, sequence: number): void {
    this.#place = { incarnation, sequence };
    this.#ring = new Ring({ floor: sequence, ...ringSize });
  }

  /** The feed itself has a hole: everybody is told, and goes on from the same place. */
  #gapAll(reason: GapReason, place: { incarnation: number; sequence: number }): void {
    this.#groups.flush();
    this.#restart(place.incarnation, place.sequence);
    for (const reader of this.#groups) this.gap(reader, reason);
  }

  #take(message: JsMsg, incarnation: number): void {
    const place = this.place;
    if (message.seq <= place.sequence || incarnation !== place.incarnation) return;
    place.sequence = message.seq;
    const frame = frameOf(message, incarnation);
    // The outbox may publish an event again after a crash, long after the broker has forgotten its dedup id.
    if (!frame || !this.#recent.add(frame.eventId)) return;
    this.#ring.push(frame);
    this.#groups.give(frame);
  }
}
