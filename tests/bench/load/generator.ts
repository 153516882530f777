import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';
import type { MessageSource, Prepared } from './messages.ts';
import type { Poster } from './poster.ts';

/** A source of load that runs until stopped. */
export interface Load {
  stop(): void;
  /** How late messages left against their schedule, ms, ascending; empty with a closed loop. */
  lags(): Float64Array;
}

/**
 * Hands out messages so that no customer writes again before having been answered: each message then has exactly one reply (what
 * arrives during a turn would rightly be answered together with others, and could not be told from a loss).
 */
export class Turns {
  readonly #source: MessageSource;
  readonly #poster: Poster;
  readonly #ledger: Ledger;
  readonly #busy: Uint8Array;
  readonly #heldBack: Prepared[] = [];

  constructor(o: { source: MessageSource; poster: Poster; ledger: Ledger }) {
    this.#source = o.source;
    this.#poster = o.poster;
    this.#ledger = o.ledger;
    this.#busy = new Uint8Array(o.source.senders);
  }

  /** Sends one message. False when all customers wait for an answer. */
  issue(refused: () => void): boolean {
    const message = this.#next();
    if (!message) return false;
    this.#busy[message.sender] = 1;
    this.#ledger.issued(message.number);
    this.#poster.post(message, (status) => {
      if (status !== undefined && status < 300) {
        this.#ledger.accepted();
        return;
      }
      this.#ledger.refused(message.number);
      this.#busy[message.sender] = 0;
      refused();
    });
    return true;
  }

  replied(number: number): void {
    this.#busy[number % this.#source.senders] = 0;
  }

  /** Nobody waits any more: called when a step has been drained, whatever was lost in it. */
  reset(): void {
    this.#busy.fill(0);
    this.#heldBack.length = 0;
  }

  #next(): Prepared | undefined {
    const free = this.#heldBack.findIndex((message) => this.#busy[message.sender] === 0);
    if (free >= 0) return this.#heldBack.splice(free, 1)[0];
    // The customers take turns, so one who still waits has been waiting for a whole round of all others.
    while (this.#heldBack.length < 64) {
      const message = this.#source.take();
      if (this.#busy[message.sender] === 0) return message;
      this.#heldBack.push(message);
    }
    return undefined;
  }
}

/** Keeps `inFlight` messages between their POST and their reply. */
export function closedLoop(turns: Turns, ledger: Ledger, inFlight: number): Load {
  let stopped = false;
  const again = (): void => {
    // After a refusal at once again would be a busy loop against an overloaded server.
    if (!stopped && !turns.issue(() => setTimeout(again, 100))) setTimeout(again, 1);
  };
  ledger.onReply = (number) => {
    turns.replied(number);
    again();
  };
  for (let i = 0; i < inFlight; i++) again();
  return {
    stop: () => {
      stopped = true;
    },
    lags: () => new Float64Array(),
  };
}

/** `rate` messages a second at random (Poisson) instants, however fast the answers come. */
export function openLoop(turns: Turns, ledger: Ledger, rate: number): Load {
  const random = seeded(rate);
  const lags: number[] = [];
  let due = performance.now();
  ledger.onReply = (number) => turns.replied(number);
  const tick = (): void => {
    const now = performance.now();
    while (due <= now && turns.issue(() => undefined)) {
      lags.push(now - due);
      due += (-Math.log(1 - random()) * 1000) / rate;
    }
  };
  const timer = setInterval(tick, 1);
  return { stop: () => clearInterval(timer), lags: () => Float64Array.from(lags).sort() };
}

/** Posts with `inFlight` requests at a time and waits for the 2xx only: for measuring the front door by itself. */
export function frontDoor(o: {
  source: MessageSource;
  poster: Poster;
  inFlight: number;
  accepted: (ms: number) => void;
  refused: () => void;
}): Load {
  let stopped = false;
  const again = (): void => {
    if (stopped) return;
    const started = performance.now();
    o.poster.post(o.source.take(), (status) => {
      if (status !== undefined && status < 300) o.accepted(performance.now() - started);
      else o.refused();
      if (status !== undefined && status < 300) again();
      else setTimeout(again, 100);
    });
  };
  for (let i = 0; i < o.inFlight; i++) again();
  return {
    stop: () => {
      stopped = true;
    },
    lags: () => new Float64Array(),
  };
}

/** Waits until everything sent has been answered, or until nothing has come for `patienceMs`. */
export async function drain(ledger: Ledger, patienceMs: number): Promise<void> {
  let seen = ledger.replies;
  let lastProgress = performance.now();
  while (ledger.waiting > 0 && performance.now() - lastProgress < patienceMs) {
    await delay(20);
    if (ledger.replies !== seen) lastProgress = performance.now();
    seen = ledger.replies;
  }
}

/** Mulberry32: the same load at the same rate in every round. */
function seeded(seed: number): () => number {
  let a = Math.floor(seed) >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
