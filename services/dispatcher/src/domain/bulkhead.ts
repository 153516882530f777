/** A place taken in a bulkhead; give it back exactly once. */
export interface Place {
  sinceMs: number;
}

/**
 * Keeps one slow agent or account from taking every place of the instance: who already holds `places` that have lasted longer than `slowMs` gets no more.
 * A quick one may use all of them, so full speed costs nothing.
 */
export class Bulkhead {
  readonly #places: number;
  readonly #slowMs: number;
  readonly #taken = new Map<string, Set<Place>>();

  constructor(o: { places: number; slowMs: number }) {
    this.#places = o.places;
    this.#slowMs = o.slowMs;
  }

  /** undefined: no place now. */
  enter(key: string, nowMs: number): Place | undefined {
    let held = this.#taken.get(key);
    if (held && held.size >= this.#places && this.#slow(held, nowMs)) return undefined;
    if (!held) {
      held = new Set();
      this.#taken.set(key, held);
    }
    const place = { sinceMs: nowMs };
    held.add(place);
    return place;
  }

  leave(key: string, place: Place): void {
    const held = this.#taken.get(key);
    held?.delete(place);
    if (held?.size === 0) this.#taken.delete(key);
  }

  /** Sets keep the order of arrival, so the n-th is the youngest of the n oldest. */
  #slow(held: Set<Place>, nowMs: number): boolean {
    let n = 0;
    for (const place of held) {
      n++;
      if (n === this.#places) return nowMs - place.sinceMs > this.#slowMs;
    }
    return false;
  }
}
