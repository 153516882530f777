import type { Frame } from './frame.ts';
import { bufferBytes, groupKey, type Reader } from './reader.ts';

interface Group {
  readers: Set<Reader>;
  pending: Frame[];
}

/** Readers by what they want to see. Those of one group get the very same bytes, put together once. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #dirty = new Set<Group>();
  readonly #tooSlow: (reader: Reader) => void;
  readonly #sent: (frames: number) => void;
  #scheduled = false;
  #byAgent = 0;
  #size = 0;

  constructor(o: { tooSlow: (reader: Reader) => void; sent: (frames: number) => void }) {
    this.#tooSlow = o.tooSlow;
    this.#sent = o.sent;
  }

  get size(): number {
    return this.#size;
  }

  *[Symbol.iterator](): Iterator<Reader> {
    for (const group of this.#groups.values()) yield* group.readers;
  }

  add(reader: Reader): void {
    const key = groupKey(reader.interest);
    let group = this.#groups.get(key);
    if (!group) {
      group = { readers: new Set(), pending: [] };
      this.#groups.set(key, group);
    }
    group.readers.add(reader);
    this.#size++;
    if (reader.interest.agentId !== undefined) this.#byAgent++;
  }

  remove(reader: Reader): void {
    const key = groupKey(reader.interest);
    const group = this.#groups.get(key);
    if (!group?.readers.delete(reader)) return;
    if (group.readers.size === 0) this.#groups.delete(key);
    this.#size--;
    if (reader.interest.agentId !== undefined) this.#byAgent--;
  }

  /** Queues an event for every group that wants it. */
  give(frame: Frame): void {
    const { workspaceId, conversationId } = frame;
    this.#queue(groupKey({ workspaceId, conversationId }), frame);
    this.#queue(groupKey({ workspaceId }), frame);
    // Whose event it is stands inside the event only: parsed when somebody asks.
    if (this.#byAgent > 0) this.#queue(groupKey({ workspaceId, agentId: frame.agentId() }), frame);
  }

  /** Writes what is queued. Happens by itself at the end of the turn; called where it must have happened before something else. */
  flush(): void {
    this.#scheduled = false;
    for (const group of this.#dirty) {
      const frames = group.pending;
      group.pending = [];
      let chunk: Buffer | undefined;
      const together = () => {
        chunk ??= frames.length === 1 ? frames[0]!.bytes : Buffer.concat(frames.map((frame) => frame.bytes));
        return chunk;
      };
      for (const reader of group.readers) {
        // Looked at before the write: one large burst is no fault of the reader's.
        if (reader.sink.backlog() > bufferBytes) this.#tooSlow(reader);
        else reader.give(frames, together);
      }
      this.#sent(frames.length * group.readers.size);
    }
    this.#dirty.clear();
  }

  #queue(key: string, frame: Frame): void {
    const group = this.#groups.get(key);
    if (!group) return;
    group.pending.push(frame);
    this.#dirty.add(group);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Everything that came in one piece from the broker leaves in one write per reader.
    setImmediate(() => this.flush());
  }
}
