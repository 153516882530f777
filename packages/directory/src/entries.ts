import type { DirectoryAgent, DirectoryChannelAccount, DirectoryWorkspace } from '@baton/contracts/directory.ts';

/** What the directory bucket holds, by the first word of the key. */
export interface Kinds {
  workspace: DirectoryWorkspace;
  agent: DirectoryAgent;
  channel_account: DirectoryChannelAccount;
}

export type Kind = keyof Kinds;
export type Entry = Kinds[Kind];

interface Held {
  revision: number;
  value: Entry;
}

/** The entries of one bucket, from its first revision that we saw to the newest. */
export class Entries {
  /** When the bucket was made: another bucket of the same name counts its revisions anew. */
  readonly bucketCreated: string;
  /** The newest revision that has come in, of any kind. */
  seen = 0;
  readonly #held = new Map<string, Held>();
  readonly #gone = new Set<string>();
  #before: ReadonlyMap<string, Held> | undefined;

  /** `before`: an earlier reading of what may be the same bucket, whose objects are kept where nothing has changed. */
  constructor(bucketCreated: string, before?: Entries) {
    this.bucketCreated = bucketCreated;
    this.#before = before?.bucketCreated === bucketCreated ? before.#held : undefined;
  }

  get(kind: Kind, id: string): Entry | undefined {
    return this.#held.get(`${kind}.${id}`)?.value;
  }

  /** Whether it was there and has been deleted. */
  isGone(kind: Kind, id: string): boolean {
    return this.#gone.has(`${kind}.${id}`);
  }

  /** Throws when `read` does; what was held under the key then stays. */
  put(key: string, revision: number, read: () => Entry): void {
    this.seen = Math.max(this.seen, revision);
    this.#gone.delete(key);
    const known = this.#before?.get(key);
    this.#held.set(key, known?.revision === revision ? known : { revision, value: read() });
  }

  delete(key: string, revision: number): void {
    this.seen = Math.max(this.seen, revision);
    this.#held.delete(key);
    this.#gone.add(key);
  }

  /** A revision that means nothing to us. */
  skip(revision: number): void {
    this.seen = Math.max(this.seen, revision);
  }

  /** All that was there when the reading began is in. Revisions up to that moment whose entries are gone will not come any more. */
  complete(lastRevision: number): void {
    this.skip(lastRevision);
    this.#before = undefined;
  }
}
