interface State {
  /** In a row, until it opens. */
  failures: number;
  /** In a row; 0: closed. */
  pauses: number;
  openUntilMs: number;
  /** Somebody is finding out whether the pauses are over. */
  trying: boolean;
  /** When the pause began or that one was let through: what was asked before says nothing new. */
  sinceMs: number;
}

/**
 * Stops asking a provider that cannot be reached: after `failures` in a row nobody is let through for `firstMs`, then one at a time until one succeeds. Each
 * that fails makes the next pause twice as long, up to `longestMs`. What was under way when it opened does not: a fault of a second that many met together is
 * one fault of a second.
 */
export class Breakers {
  readonly #o: { failures: number; firstMs: number; longestMs: number };
  readonly #states = new Map<string, State>();

  constructor(o: { failures: number; firstMs: number; longestMs: number }) {
    this.#o = o;
  }

  /** Whether nothing is known against asking. Says so without taking the turn of whoever tries first after a pause. */
  closed(key: string): boolean {
    return (this.#states.get(key)?.pauses ?? 0) === 0;
  }

  /**
   * Milliseconds after which it is worth asking here again; 0 when somebody may try. As `closed`, it takes nobody's turn. While somebody tries it is short: the
   * outcome is known at once as a rule, and whoever was sent away until the end of the next pause would wait for nothing.
   */
  pause(key: string, nowMs: number): number {
    const state = this.#states.get(key);
    if (!state || state.pauses === 0) return 0;
    const left = Math.max(0, state.openUntilMs - nowMs);
    return state.trying ? Math.min(left, Math.max(this.#o.firstMs, this.#length(state) / 8)) : left;
  }

  /** For whoever asks at once: milliseconds to wait, or 0: go ahead. Going ahead after a pause keeps the others out until the outcome is known or another pause has passed. */
  wait(key: string, nowMs: number): number {
    const pause = this.pause(key, nowMs);
    const state = this.#states.get(key);
    if (pause === 0 && state && state.pauses > 0) this.#hold(state, { trying: true, nowMs });
    return pause;
  }

  /** How many are kept from being asked. */
  get open(): number {
    let count = 0;
    for (const { pauses } of this.#states.values()) if (pauses > 0) count++;
    return count;
  }

  /** Whether this ended a time of keeping away. */
  succeeded(key: string): boolean {
    const open = !this.closed(key);
    this.#states.delete(key);
    return open;
  }

  /** `askedMs`: when `wait` let it through. Whether this began a time of keeping away. */
  failed(key: string, { askedMs, nowMs }: { askedMs: number; nowMs: number }): boolean {
    const state = this.#states.get(key) ?? { failures: 0, pauses: 0, openUntilMs: 0, trying: false, sinceMs: 0 };
    this.#states.set(key, state);
    if (state.pauses > 0 && askedMs < state.sinceMs) return false;
    state.failures++;
    if (state.failures < this.#o.failures) return false;
    state.pauses++;
    this.#hold(state, { trying: false, nowMs });
    return state.pauses === 1;
  }

  #hold(state: State, { trying, nowMs }: { trying: boolean; nowMs: number }): void {
    state.trying = trying;
    state.sinceMs = nowMs;
    state.openUntilMs = nowMs + this.#length(state);
  }

  #length({ pauses }: State): number {
    return Math.min(this.#o.longestMs, this.#o.firstMs * 2 ** (pauses - 1));
  }
}
