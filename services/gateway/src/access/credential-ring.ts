import { LRUCache } from 'lru-cache';

/** Where credentials of one kind are looked up. */
export interface CredentialSource<T> {
  /** The valid one with this hash, or undefined. */
  find(hash: Buffer): Promise<T | undefined>;
  /** Notes that these were used just now. */
  touch(ids: string[]): Promise<void>;
  idOf(found: T): string;
  /** Whether it no longer counts as it was known once this id (its own, or that of its owner) has changed. */
  concerns(found: T, id: string): boolean;
}

interface Entry<T> {
  /** When the look-up was begun: from then on a revocation may have been missed. */
  at: number;
  answer: Promise<T | undefined>;
  known: T | undefined;
}

/** One that is revoked in the database is refused within this time. */
const staleMs = 1000;
/** Those in use are looked up again in the background from this age on, so that no request waits for it. */
const refreshMs = 500;

/** Looks credentials (API keys, sessions) up by hash, each at most about twice a second, and notes when they were last used. */
export class CredentialRing<T> implements AsyncDisposable {
  readonly #source: CredentialSource<T>;
  readonly #entries = new LRUCache<string, Entry<T>>({ max: 20_000 });
  readonly #used = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(source: CredentialSource<T>) {
    this.#source = source;
    this.#timer = setInterval(() => void this.#flush(), 30_000).unref();
  }

  /** The valid credential with this hash; rejects when the database does not answer. */
  async find(hash: Buffer): Promise<T | undefined> {
    const found = await this.peek(hash);
    if (found) this.#used.add(this.#source.idOf(found));
    return found;
  }

  /** The same without counting as a use: a stream that is open does not keep a session from growing old. */
  async peek(hash: Buffer): Promise<T | undefined> {
    const now = Date.now();
    const id = hash.toString('base64');
    let entry = this.#entries.get(id);
    if (!entry || now - entry.at >= staleMs) entry = this.#look(id, hash, now);
    else if (now - entry.at >= refreshMs) this.#look(id, hash, now).answer.catch(() => undefined);
    return entry.answer;
  }

  /** Whether the hash is known to be valid without asking anybody. */
  isKnown(hash: Buffer): boolean {
    const entry = this.#entries.peek(hash.toString('base64'));
    return entry?.known !== undefined && Date.now() - entry.at < staleMs;
  }

  /** Something has changed: what was looked up before now no longer counts, also what is being looked up at this moment. */
  forget(changedId: string): void {
    for (const [id, { known }] of this.#entries.entries())
      if (known === undefined || this.#source.concerns(known, changedId)) this.#entries.delete(id);
  }

  #look(id: string, hash: Buffer, now: number): Entry<T> {
    const entry: Entry<T> = { at: now, answer: this.#source.find(hash), known: undefined };
    this.#entries.set(id, entry);
    entry.answer.then(
      (found) => {
        entry.known = found;
      },
      () => {
        // A failure is not an answer: the next request asks again.
        if (this.#entries.peek(id) === entry) this.#entries.delete(id);
      },
    );
    return entry;
  }

  async #flush(): Promise<void> {
    const used = [...this.#used];
    this.#used.clear();
    if (used.length > 0) await this.#source.touch(used).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
  }
}
