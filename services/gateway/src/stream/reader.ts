import type { Frame } from './frame.ts';

/** Where a reader's bytes go. */
export interface Sink {
  write(bytes: Buffer): void;
  /** Bytes written and not yet taken by the network. */
  backlog(): number;
  /** Resolves true when the backlog is gone, false when it was not within the time. */
  drained(timeoutMs: number): Promise<boolean>;
  /** Writes a last frame, if any, and ends. */
  end(last?: Buffer): void;
}

/** What a reader wants to see. */
export interface Interest {
  workspaceId: string;
  conversationId?: string;
  agentId?: string;
}

/** The group of readers that see the very same events. */
export function groupKey(interest: Interest): string {
  const { workspaceId, conversationId, agentId } = interest;
  if (conversationId !== undefined) return `${workspaceId}/c/${conversationId}`;
  return agentId === undefined ? workspaceId : `${workspaceId}/a/${agentId}`;
}

export function matches(interest: Interest, frame: Frame): boolean {
  return (
    frame.workspaceId === interest.workspaceId &&
    (interest.conversationId === undefined || frame.conversationId === interest.conversationId) &&
    (interest.agentId === undefined || frame.agentId() === interest.agentId)
  );
}

/** What one reader may have waiting before it is cut off. */
export const bufferBytes = 1024 * 1024;

/** What is held for a reader that catches up. Together with what may wait then (a quarter of the buffer) it must fit the buffer. */
const holdBytes = bufferBytes / 2;

/** One open stream. `position` is the sequence up to which it has been given everything. */
export class Reader {
  readonly interest: Interest;
  readonly sink: Sink;
  position = 0;
  closed = false;
  #held: Frame[] | undefined;
  #heldBytes = 0;
  #spilled = false;

  constructor(interest: Interest, sink: Sink) {
    this.interest = interest;
    this.sink = sink;
  }

  get isCatchingUp(): boolean {
    return this.#held !== undefined;
  }

  /** From now on new events wait until {@link release}. */
  hold(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#spilled = false;
  }

  /** Gives what was held meanwhile and goes live; false when it was too much to hold: then the reader reads on from the store. */
  release(): boolean {
    const held = this.#held ?? [];
    if (this.#spilled) return false;
    this.#held = undefined;
    this.give(held);
    return true;
  }

  /** Forgets what was held: a gap is announced instead. */
  drop(position: number): void {
    this.#held = undefined;
    this.position = position;
  }

  /** New events, in order. `chunk`: their bytes together, made once for all readers that take the lot. */
  give(frames: readonly Frame[], chunk?: () => Buffer): void {
    if (frames.length === 0) return;
    if (this.#held) {
      this.#keep(frames, this.#held);
      return;
    }
    const last = frames[frames.length - 1]!.sequence;
    if (last <= this.position) return;
    if (chunk && frames[0]!.sequence > this.position) this.sink.write(chunk());
    else this.sink.write(Buffer.concat(frames.filter((frame) => frame.sequence > this.position).map((frame) => frame.bytes)));
    this.position = last;
  }

  #keep(frames: readonly Frame[], held: Frame[]): void {
    if (this.#spilled) return;
    for (const frame of frames) {
      held.push(frame);
      this.#heldBytes += frame.bytes.length;
    }
    if (this.#heldBytes > holdBytes) {
      this.#held = [];
      this.#spilled = true;
    }
  }
}
