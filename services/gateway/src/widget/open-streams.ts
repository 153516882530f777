/** How many streams visitors hold open in this process: nobody by tabs, and no account by visitors, may take the places of all others. */
export class OpenStreams {
  readonly #limits: { perVisitor: number; perAccount: number };
  readonly #open = new Map<string, number>();
  #size = 0;

  constructor(limits: { perVisitor: number; perAccount: number }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a place, and answers how to give it back; undefined: there is none. */
  enter(account: string, visitor: string): (() => void) | undefined {
    const { perVisitor, perAccount } = this.#limits;
    if (this.#count(account) >= perAccount || this.#count(visitor) >= perVisitor) return undefined;
    this.#add([account, visitor], 1);
    return () => this.#add([account, visitor], -1);
  }

  #count(name: string): number {
    return this.#open.get(name) ?? 0;
  }

  #add(names: string[], change: 1 | -1): void {
    this.#size += change;
    for (const name of names) {
      const count = this.#count(name) + change;
      if (count === 0) this.#open.delete(name);
      else this.#open.set(name, count);
    }
  }
}
