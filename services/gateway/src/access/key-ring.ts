import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import { type ApiKey, findKey, touchKeys } from '../store/api-keys.ts';
import type { Tables } from '../store/tables.ts';

interface Entry {
  /** When the look-up was begun: from then on a revocation may have been missed. */
  at: number;
  answer: Promise<ApiKey | undefined>;
  known: ApiKey | undefined;
}

/** A key revoked in the database is refused within this time. */
const staleMs = 1000;
/** Keys in use are looked up again in the background from this age on, so that no request waits for it. */
const refreshMs = 500;

/** Looks keys up by hash, each at most about twice a second, and notes when they were last used. */
export class KeyRing implements AsyncDisposable {
  readonly #db: Kysely<Tables>;
  readonly #entries = new LRUCache<string, Entry>({ max: 20_000 });
  readonly #used = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
    this.#timer = setInterval(() => void this.#flush(), 30_000).unref();
  }

  /** The valid key with this hash; rejects when the database does not answer. */
  async find(hash: Buffer): Promise<ApiKey | undefined> {
    const now = Date.now();
    const id = hash.toString('base64');
    let entry = this.#entries.get(id);
    if (!entry || now - entry.at >= staleMs) entry = this.#look(id, hash, now);
    else if (now - entry.at >= refreshMs) this.#look(id, hash, now).answer.catch(() => undefined);
    const key = await entry.answer;
    if (key) this.#used.add(key.keyId);
    return key;
  }

  /** Whether the hash is known to be a valid key without asking anybody. */
  isKnown(hash: Buffer): boolean {
    const entry = this.#entries.peek(hash.toString('base64'));
    return entry?.known !== undefined && Date.now() - entry.at < staleMs;
  }

  /** A key has changed: what was looked up before now no longer counts, also what is being looked up at this moment. */
  forget(keyId: string): void {
    for (const [id, entry] of this.#entries.entries())
      if (entry.known === undefined || entry.known.keyId === keyId) this.#entries.delete(id);
  }

  #look(id: string, hash: Buffer, now: number): Entry {
    const entry: Entry = { at: now, answer: findKey(this.#db, hash), known: undefined };
    this.#entries.set(id, entry);
    entry.answer.then(
      (key) => {
        entry.known = key;
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
    if (used.length > 0) await touchKeys(this.#db, used, new Date()).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
  }
}
