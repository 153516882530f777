/** What became of the messages since the last `begin`. */
export interface Tally {
  issued: number;
  accepted: number;
  /** Answered otherwise than 2xx, or not at all. */
  refused: number;
  replied: number;
  /** Replies beyond the first of a message. */
  doubled: number;
  /** Accepted, and no reply when the step had been drained. */
  lost: number;
}

const flag = { issued: 1, refused: 2, replied: 4 } as const;

/**
 * Which message was sent when, and which was answered: the judge of a step. Numbers may come from an earlier step
 * (a late reply); they count as replies of that message, never as latency of this step.
 */
export class Ledger {
  #startedAt = new Float64Array(1 << 16);
  #state = new Uint8Array(1 << 16);
  #waiting = 0;
  #tally: Tally = emptyTally();
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #latencies: number[] = [];
  #repliesInWindow = 0;
  /** Called with each first reply. */
  onReply: (number: number) => void = () => undefined;

  /** A new step: counts from zero, the window still closed. */
  begin(): void {
    this.#tally = emptyTally();
    this.#latencies = [];
    this.#repliesInWindow = 0;
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = Number.NEGATIVE_INFINITY;
  }

  /** From now on what is issued counts for latency and what is replied for throughput. */
  openWindow(): void {
    this.#from = performance.now();
    this.#to = Number.POSITIVE_INFINITY;
  }

  closeWindow(): void {
    this.#to = performance.now();
  }

  issued(number: number): void {
    this.#grow(number);
    this.#startedAt[number] = performance.now();
    this.#state[number] = flag.issued;
    this.#tally.issued++;
    this.#waiting++;
  }

  accepted(): void {
    this.#tally.accepted++;
  }

  refused(number: number): void {
    this.#tally.refused++;
    if ((this.#state[number]! & flag.replied) === 0) this.#waiting--;
    this.#state[number]! |= flag.refused;
  }

  replied(number: number): void {
    const state = this.#state[number] ?? 0;
    if ((state & flag.issued) === 0 || (state & flag.replied) !== 0) {
      this.#tally.doubled++;
      return;
    }
    this.#state[number] = state | flag.replied;
    if ((state & flag.refused) === 0) this.#waiting--;
    this.#tally.replied++;
    const now = performance.now();
    const started = this.#startedAt[number]!;
    if (now >= this.#from && now <= this.#to) this.#repliesInWindow++;
    if (started >= this.#from && started <= this.#to) this.#latencies.push(now - started);
    this.onReply(number);
  }

  /** Messages sent whose reply is still to come. */
  get waiting(): number {
    return this.#waiting;
  }

  get repliesInWindow(): number {
    return this.#repliesInWindow;
  }

  /** Replies of this step so far. */
  get replies(): number {
    return this.#tally.replied;
  }

  /** Ends the step: what has had no reply by now is lost, and forgotten. Latencies in ms, ascending, of what was issued in the window. */
  finish(): { tally: Tally; latencies: Float64Array } {
    const tally = { ...this.#tally, lost: this.#waiting };
    this.#waiting = 0;
    return { tally, latencies: Float64Array.from(this.#latencies).sort() };
  }

  #grow(number: number): void {
    if (number < this.#state.length) return;
    const size = Math.max(number + 1, this.#state.length * 2);
    const startedAt = new Float64Array(size);
    startedAt.set(this.#startedAt);
    const state = new Uint8Array(size);
    state.set(this.#state);
    this.#startedAt = startedAt;
    this.#state = state;
  }
}

const emptyTally = (): Tally => ({ issued: 0, accepted: 0, refused: 0, replied: 0, doubled: 0, lost: 0 });
