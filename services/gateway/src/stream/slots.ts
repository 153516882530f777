/** At most so many at once; the others wait in order. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<AsyncDisposable> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return {
      [Symbol.asyncDispose]: async () => {
        const next = this.#waiting.shift();
        if (next) next();
        else this.#free++;
      },
    };
  }
}
