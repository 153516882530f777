import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import type { DirectoryAgent, DirectoryChannelAccount, DirectoryWorkspace } from '@baton/contracts/directory.ts';
import { directoryBucket, directoryFilledKey } from '@baton/contracts/subjects.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { type KV, Kvm, type KvWatchEntry } from '@nats-io/kv';
import type { QueuedIterator } from '@nats-io/transport-node';
import { Entries, type Entry, type Kind, type Kinds } from './entries.ts';

/**
 * The directory in memory: right within milliseconds of a change, and as last known while NATS, the bucket or conversation-state is away.
 * An entry is replaced as a whole: a changed one is another object, an unchanged one stays the same object.
 */
export interface Directory extends AsyncDisposable {
  workspace(id: string): DirectoryWorkspace | undefined;
  agent(id: string): DirectoryAgent | undefined;
  channelAccount(id: string): DirectoryChannelAccount | undefined;
  /** Whether there was such an account, which has been deleted: not the same as one that is not known yet. */
  isDeletedAccount(id: string): boolean;
  /** One sentence until the whole bucket has been read once; undefined from then on. */
  problem(): string | undefined;
}

export interface WatchOptions {
  logger: Logger;
  /** Only these are kept in memory. */
  kinds: readonly Kind[];
  /** How often the watch is compared with the bucket itself. */
  checkMs?: number;
}

type Changes = QueuedIterator<KvWatchEntry>;

/** Watches until disposed, from when the bucket is made or made anew: nobody needs to wait for it. */
export function watchDirectory(bus: Bus, o: WatchOptions): Directory {
  return new Watch(bus, o);
}

class Watch implements Directory {
  readonly #bus: Bus;
  readonly #logger: Logger;
  readonly #kinds: ReadonlySet<string>;
  readonly #checkMs: number;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #entries: Entries | undefined;
  #changes: Changes | undefined;

  constructor(bus: Bus, o: WatchOptions) {
    this.#bus = bus;
    this.#logger = o.logger;
    this.#kinds = new Set(o.kinds);
    this.#checkMs = o.checkMs ?? 1000;
    this.#running = this.#run();
  }

  workspace(id: string): DirectoryWorkspace | undefined {
    return this.#get('workspace', id);
  }

  agent(id: string): DirectoryAgent | undefined {
    return this.#get('agent', id);
  }

  channelAccount(id: string): DirectoryChannelAccount | undefined {
    return this.#get('channel_account', id);
  }

  isDeletedAccount(id: string): boolean {
    return this.#entries?.isGone('channel_account', id) ?? false;
  }

  problem(): string | undefined {
    return this.#entries ? undefined : 'the directory has not been read yet';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#changes?.stop();
    // A request to a server that does not answer must not hold up our own end.
    await Promise.race([this.#running, delay(1000, undefined, { ref: false })]);
  }

  #get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    return this.#entries?.get(kind, id) as Kinds[K] | undefined;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failing = false;
    while (!signal.aborted) {
      try {
        await this.#read();
        failing = false;
      } catch (error) {
        // Before the first reading the bucket may simply not be there yet.
        if (!failing && this.#entries && !signal.aborted)
          this.#logger.warn({ err: error }, 'the directory cannot be watched; trying again');
        failing = true;
      }
      await delay(100, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Reads the bucket and follows it until something makes a new reading necessary. */
  async #read(): Promise<void> {
    const bucket = await new Kvm(this.#bus.js).open(directoryBucket);
    const at = await position(bucket);
    const changes: Changes = await bucket.watch();
    this.#changes = changes;
    const over = new AbortController();
    // A bucket made anew, or one that went on while we were away, lacks what was deleted: begin with nothing, and swap when all is in.
    const fresh = new Entries(at.created, this.#entries);
    let isRead = false;
    let isFilled = false;
    const swap = () => {
      // One that is still being filled would call unknown what we know: a customer's message answered 404 does not come again.
      if (!isRead || !isFilled || this.#entries === fresh) return;
      fresh.complete(at.lastRevision);
      this.#entries = fresh;
    };
    const checking = this.#check(bucket, { fresh, changes, signal: over.signal });
    try {
      // Not asked of the entries that are kept: there may be others only.
      isRead = at.values === 0;
      if (this.#stopping.signal.aborted) return;
      for await (const entry of changes) {
        this.#take(fresh, entry);
        isRead ||= entry.isUpdate;
        isFilled ||= entry.key === directoryFilledKey;
        swap();
      }
    } finally {
      over.abort();
      changes.stop();
      await checking;
    }
  }

  #take(entries: Entries, entry: KvWatchEntry): void {
    const [kind = ''] = entry.key.split('.', 1);
    try {
      if (!this.#kinds.has(kind)) entries.skip(entry.revision);
      else if (entry.operation !== 'PUT') entries.delete(entry.key, entry.revision);
      else entries.put(entry.key, entry.revision, () => readEntry(entry));
    } catch (error) {
      this.#logger.error({ err: error, key: entry.key }, 'a directory entry cannot be read');
    }
  }

  /**
   * The client's watch does not end with its bucket: it waits for the revision after the last one it saw, also in a bucket that was made anew and counts
   * from 1. That its consumer is gone it notices when heartbeats have been missing for ten seconds, the next time for a minute.
   */
  async #check(bucket: KV, o: { fresh: Entries; changes: Changes; signal: AbortSignal }): Promise<void> {
    const { fresh, changes, signal } = o;
    let before: { seen: number; lastRevision: number } | undefined;
    while (!signal.aborted) {
      await delay(this.#checkMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const now = await position(bucket).catch(() => undefined);
      const stuck = before !== undefined && fresh.seen === before.seen && fresh.seen < before.lastRevision;
      if (now?.created !== fresh.bucketCreated || now.lastRevision < fresh.seen || stuck) {
        changes.stop();
        return;
      }
      before = { seen: fresh.seen, lastRevision: now.lastRevision };
    }
  }
}

async function position(bucket: KV): Promise<{ created: string; lastRevision: number; values: number }> {
  const { streamInfo, values } = await bucket.status();
  return { created: streamInfo.created, lastRevision: streamInfo.state.last_seq, values };
}

function readEntry(entry: KvWatchEntry): Entry {
  const value = entry.json<Entry | null>();
  if (typeof value !== 'object' || value === null) throw new Error('the entry is no object');
  return value;
}
