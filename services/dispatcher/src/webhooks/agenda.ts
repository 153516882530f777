/** When each endpoint has something due, as far as this instance knows. What the database answers never undoes what was learnt since it was asked. */
export class Agenda {
  readonly #dueAtMs = new Map<string, number>();
  /** The moment of which the newest knowledge of an endpoint is. */
  readonly #knownOf = new Map<string, number>();
  #moment = 0;

  /** Something is due at `atMs` or earlier. */
  due(endpointId: string, atMs: number): void {
    this.#knownOf.set(endpointId, this.now());
    const known = this.#dueAtMs.get(endpointId);
    if (known === undefined || atMs < known) this.#dueAtMs.set(endpointId, atMs);
  }

  /** A moment to hand to `learnt`: that at which the database is asked. */
  now(): number {
    return ++this.#moment;
  }

  /** What the database said when asked at `moment`; undefined: nothing is due. Answers may overtake each other. */
  learnt(endpointId: string, atMs: number | undefined, moment: number): void {
    if ((this.#knownOf.get(endpointId) ?? 0) > moment) {
      if (atMs !== undefined) this.due(endpointId, atMs);
      return;
    }
    this.#knownOf.set(endpointId, moment);
    if (atMs === undefined) this.#dueAtMs.delete(endpointId);
    else this.#dueAtMs.set(endpointId, atMs);
  }

  /** Nothing of it is due until somebody says so. */
  forget(endpointId: string): void {
    this.#dueAtMs.delete(endpointId);
  }

  /**
   * What is due at a moment, and in how many ms the next comes of what is not. One moment for both: an endpoint that falls due between two looks at the clock
   * would be in neither.
   */
  at(nowMs: number): { due: string[]; nextInMs: number | undefined } {
    const due: string[] = [];
    let next: number | undefined;
    for (const [endpointId, at] of this.#dueAtMs) {
      if (at <= nowMs) due.push(endpointId);
      else if (next === undefined || at < next) next = at;
    }
    return { due, nextInMs: next === undefined ? undefined : next - nowMs };
  }
}
