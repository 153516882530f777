interface State {
  failures: number;
  openUntilMs: number;
}

/**
 * Stops asking a provider that cannot be reached: after `failures` in a row nobody is let through for a while (doubling up to `longestMs`), then one at a
 * time until one succeeds.
 */
export class Breakers {
  readonly #o: { failures: number; firstMs: number; longestMs: number };
  readonly #states = new Map<string, State>();

  constructor(o: { failures: number; firstMs: number; longestMs: number }) {
    this.#o = o;
  }

  /** Whether nothing is known against asking. Says so without taking the turn of whoever tries first after a pause. */
  closed(key: string): boolean {
    return (this.#states.get(key)?.failures ?? 0) < this.#o.failures;
  }

  /** Milliseconds of the pause that are left; 0 when somebody may try. As `closed`, it takes nobody's turn. */
  pause(key: string, nowMs: number): number {
    const state = this.#states.get(key);
    return state && !this.closed(key) ? Math.max(0, state.openUntilMs - nowMs) : 0;
  }

  /** For whoever asks at once: milliseconds to wait, or 0: go ahead. Going ahead after a pause keeps the others out until the outcome is known or another pause has passed. */
  wait(key: string, nowMs: number): number {
    const state = this.#states.get(key);
    if (!state || this.closed(key)) return 0;
    if (nowMs < state.openUntilMs) return state.openUntilMs - nowMs;
    state.openUntilMs = nowMs + this.#length(state.failures);
    return 0;
  }

  /** How many are kept from being asked. */
  get open(): number {
    let count = 0;
    for (const { failures } of this.#states.values()) if (failures >= this.#o.failures) count++;
    return count;
  }

  /** Whether this ended a time of keeping away. */
  succeeded(key: string): boolean {
    const open = !this.closed(key);
    this.#states.delete(key);
    return open;
  }

  /** Whether this began one. */
  failed(key: string, nowMs: number): boolean {
    const state = this.#states.get(key) ?? { failures: 0, openUntilMs: 0 };
    state.failures++;
    if (state.failures >= this.#o.failures) state.openUntilMs = nowMs + this.#length(state.failures);
    this.#states.set(key, state);
    return state.failures === this.#o.failures;
  }

  #length(failures: number): number {
    return Math.min(this.#o.longestMs, this.#o.firstMs * 2 ** (failures - this.#o.failures));
  }
}
