import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Chance that comes out the same for the same seed. */
export class Dice {
  readonly #generator: RandomGenerator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return uniformInt(this.#generator, min, max);
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.whole(0, list.length - 1)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.whole(1, times) === 1;
  }

  /** Another's dice, so that how often one rolls does not change what the other gets. */
  other(): Dice {
    return new Dice(this.whole(-0x80000000, 0x7fffffff));
  }
}
