/** Remembers the latest ids given to it, at least `least` of them. Two generations instead of an order: no work to forget. */
export class Recent {
  readonly #least: number;
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(least: number) {
    this.#least = least;
  }

  /** false: it was here before. */
  add(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    if (this.#young.size >= this.#least) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }
}
