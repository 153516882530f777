import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BatonError } from '@baton/errors/baton-error.ts';
import { formatHash, type HashCost, isPresentCost, parseHash, presentCost } from '../domain/sign-in/password-hash.ts';
import { normalPassword } from '../domain/sign-in/password-rules.ts';
import { Slots } from '../stream/slots.ts';

const derive = promisify(argon2);

/** Two of the four threads that also read files and resolve names; at some 40 ms each, whoever comes last waits a second. */
const bounds = { atOnce: 2, mostWaiting: 50 };

/** Hashes passwords: slow by intent, so in threads of its own and never more than a few at once, however many sign in. */
export class Passwords {
  readonly #slots: Slots;
  readonly #mostWaiting: number;
  #waiting = 0;
  /** What the password of nobody is compared with, so that it takes as long; no password gives this tag. */
  readonly #nobodys = { cost: presentCost, salt: randomBytes(16), tag: randomBytes(32) };

  constructor(o: { atOnce: number; mostWaiting: number } = bounds) {
    this.#slots = new Slots(o.atOnce);
    this.#mostWaiting = o.mostWaiting;
  }

  /** Throws `unavailable` while too many wait: ask before an attempt is counted. */
  admit(): void {
    if (this.#waiting >= this.#mostWaiting)
      throw new BatonError('unavailable', 'Too many people are signing in right now.', { retryAfterSeconds: 2 });
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const tag = await this.#derive(password, presentCost, salt);
    return formatHash({ cost: presentCost, salt, tag });
  }

  /** `hash` undefined: there is no such person or no password, which is found out in the same time. `isOutdated`: hash it again by {@link hash}. */
  async verify(password: string, hash: string | undefined): Promise<{ matches: boolean; isOutdated: boolean }> {
    const stored = hash === undefined ? undefined : parseHash(hash);
    const { cost, salt, tag } = stored ?? this.#nobodys;
    const given = await this.#derive(password, cost, salt, tag.length);
    const matches = timingSafeEqual(given, tag) && stored !== undefined;
    return { matches, isOutdated: !isPresentCost(cost) };
  }

  async #derive(password: string, cost: HashCost, salt: Buffer, length = 32): Promise<Buffer> {
    this.#waiting++;
    try {
      await using _slot = await this.#slots.take();
      const message = normalPassword(password);
      const { memory, passes, lanes } = cost;
      return await derive('argon2id', { message, nonce: salt, parallelism: lanes, tagLength: length, memory, passes });
    } finally {
      this.#waiting--;
    }
  }
}
