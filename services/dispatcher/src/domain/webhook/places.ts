interface Held {
  taken: number;
  /** Failed attempts since the last success, as far as this instance knows. */
  failures: number;
}

/**
 * Who may send now. Each endpoint has places of its own, so one that hangs keeps nobody else waiting; one that keeps failing has a single place until it
 * answers well again, and all such endpoints together get half of what there is.
 */
export class Places {
  readonly #o: { total: number; perEndpoint: number; failuresBeforeDoubt: number };
  readonly #held = new Map<string, Held>();
  #taken = 0;
  #inDoubt = 0;

  constructor(o: { total: number; perEndpoint: number; failuresBeforeDoubt: number }) {
    this.#o = o;
  }

  get taken(): number {
    return this.#taken;
  }

  /** How many requests to this endpoint may begin now. */
  free(endpointId: string): number {
    const left = this.#o.total - this.#taken;
    const held = this.#held.get(endpointId);
    if (!held) return Math.min(this.#o.perEndpoint, left);
    if (!this.#doubted(held)) return Math.min(this.#o.perEndpoint - held.taken, left);
    return this.#inDoubt < Math.ceil(this.#o.total / 2) ? Math.min(Math.max(0, 1 - held.taken), left) : 0;
  }

  take(endpointId: string): void {
    const held = this.#of(endpointId);
    held.taken++;
    this.#taken++;
    if (this.#doubted(held)) this.#inDoubt++;
  }

  /** Gives a place back; `failed` is undefined when the request never began. */
  leave(endpointId: string, failed: boolean | undefined): void {
    const held = this.#of(endpointId);
    const before = this.#doubted(held) ? held.taken : 0;
    held.taken--;
    this.#taken--;
    if (failed !== undefined) held.failures = failed ? held.failures + 1 : 0;
    this.#inDoubt += (this.#doubted(held) ? held.taken : 0) - before;
    if (held.taken === 0 && held.failures === 0) this.#held.delete(endpointId);
  }

  /** The endpoint is no more. */
  forget(endpointId: string): void {
    const held = this.#held.get(endpointId);
    if (held?.taken === 0) this.#held.delete(endpointId);
  }

  #doubted(held: Held): boolean {
    return held.failures >= this.#o.failuresBeforeDoubt;
  }

  #of(endpointId: string): Held {
    let held = this.#held.get(endpointId);
    if (!held) {
      held = { taken: 0, failures: 0 };
      this.#held.set(endpointId, held);
    }
    return held;
  }
}
