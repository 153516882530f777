/** The streams that are open in this process, by who opened them: when that is no longer allowed, they end at once and not only when they are next looked at. */
export class OpenStreams {
  readonly #streams = new Map<string, Set<() => void>>();

  /** `ids`: of the key or session, and of the person. `recheck`: ends the stream where it may no longer be. Answers how to forget it. */
  add(ids: string[], recheck: () => void): () => void {
    for (const id of ids) this.#streams.set(id, (this.#streams.get(id) ?? new Set()).add(recheck));
    return () => {
      for (const id of ids) {
        const left = this.#streams.get(id);
        left?.delete(recheck);
        if (left?.size === 0) this.#streams.delete(id);
      }
    };
  }

  /** How many this key or session has open. */
  count(id: string): number {
    return this.#streams.get(id)?.size ?? 0;
  }

  /** Something about this key, session or person has changed. */
  forget(id: string): void {
    for (const recheck of this.#streams.get(id) ?? []) recheck();
  }
}
