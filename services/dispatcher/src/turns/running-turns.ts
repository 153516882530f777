export type CutOff = 'mode_changed' | 'superseded' | 'stopping';

/** One turn in the hands of this instance. Its call is cut off through `signal`, whose reason is a CutOff. */
export interface RunningTurn {
  readonly dispatchId: string;
  readonly signal: AbortSignal;
  /** The turn has begun under this epoch; a newer one seen while the answer was on its way cuts it off at once. */
  begun(epoch: number): void;
  end(): void;
}

interface Entry {
  conversationId: string;
  controller: AbortController;
  epoch: number | undefined;
  newestSeen: number;
}

/**
 * The turns this instance is working on, so that a takeover reaches the call in flight. Losing such a signal is harmless: what comes of the turn is fenced
 * by its epoch when it is committed.
 */
export class RunningTurns {
  readonly #byDispatch = new Map<string, Entry>();
  readonly #byConversation = new Map<string, Set<Entry>>();

  get size(): number {
    return this.#byDispatch.size;
  }

  enter(conversationId: string, dispatchId: string): RunningTurn {
    const entry: Entry = { conversationId, controller: new AbortController(), epoch: undefined, newestSeen: -1 };
    this.#byDispatch.set(dispatchId, entry);
    const siblings = this.#byConversation.get(conversationId);
    if (siblings) siblings.add(entry);
    else this.#byConversation.set(conversationId, new Set([entry]));
    return {
      dispatchId,
      signal: entry.controller.signal,
      begun(epoch) {
        entry.epoch = epoch;
        if (entry.newestSeen > epoch) cut(entry, 'mode_changed');
      },
      end: () => this.#remove(dispatchId, entry),
    };
  }

  /** Every mode change counts the epoch up, so a turn of an older epoch has lost its right to answer; one of this epoch or a newer one has not. */
  modeChanged(conversationId: string, epoch: number): void {
    for (const entry of this.#byConversation.get(conversationId) ?? []) {
      entry.newestSeen = Math.max(entry.newestSeen, epoch);
      if (entry.epoch !== undefined && epoch > entry.epoch) cut(entry, 'mode_changed');
    }
  }

  superseded(dispatchId: string): void {
    const entry = this.#byDispatch.get(dispatchId);
    if (entry) cut(entry, 'superseded');
  }

  stopping(): void {
    for (const entry of this.#byDispatch.values()) cut(entry, 'stopping');
  }

  #remove(dispatchId: string, entry: Entry): void {
    this.#byDispatch.delete(dispatchId);
    const siblings = this.#byConversation.get(entry.conversationId);
    siblings?.delete(entry);
    if (siblings?.size === 0) this.#byConversation.delete(entry.conversationId);
  }
}

function cut(entry: Entry, cause: CutOff): void {
  if (!entry.controller.signal.aborted) entry.controller.abort(cause);
}
