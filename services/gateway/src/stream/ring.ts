import type { Frame } from './frame.ts';

/** The latest events, so that a reader who was away for a moment is served without asking the broker. */
export class Ring {
  readonly #maxFrames: number;
  readonly #maxBytes: number;
  #frames: Frame[] = [];
  #start = 0;
  #bytes = 0;
  /** Every public event after this sequence is in here. */
  #floor: number;

  constructor(o: { floor: number; maxFrames: number; maxBytes: number }) {
    this.#floor = o.floor;
    this.#maxFrames = o.maxFrames;
    this.#maxBytes = o.maxBytes;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
    this.#bytes += frame.bytes.length;
    while (this.#frames.length - this.#start > this.#maxFrames || this.#bytes > this.#maxBytes) {
      const dropped = this.#frames[this.#start]!;
      this.#floor = dropped.sequence;
      this.#bytes -= dropped.bytes.length;
      this.#start++;
    }
    if (this.#start > 1024 && this.#start * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The events after `sequence` that match, or undefined where some may be missing. */
  after(sequence: number, matches: (frame: Frame) => boolean): Frame[] | undefined {
    if (sequence < this.#floor) return undefined;
    const found: Frame[] = [];
    for (let i = this.#frames.length - 1; i >= this.#start; i--) {
      const frame = this.#frames[i]!;
      if (frame.sequence <= sequence) break;
      if (matches(frame)) found.push(frame);
    }
    return found.reverse();
  }
}
