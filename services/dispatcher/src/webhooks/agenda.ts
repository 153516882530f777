/** When each endpoint has something due, as far as this instance knows. What the database answers never undoes what was learnt while it was asked. */
export class Agenda {
  readonly #dueAtMs = new Map<string, number>();
  readonly #changed = new Map<string, number>();
  #changes = 0;

  /** Something is due at `atMs` or earlier. */
  due(endpointId: string, atMs: number): void {
    this.#changed.set(endpointId, ++this.#changes);
    const known = this.#dueAtMs.get(endpointId);
    if (known === undefined || atMs < known) this.#dueAtMs.set(endpointId, atMs);
  }

  /** A moment to hand to `learnt`. */
  get moment(): number {
    return this.#changes;
  }

  /** What the database said when asked at `moment`. */
  learnt(endpointId: string, atMs: number | undefined, moment: number): void {
    if ((this.#changed.get(endpointId) ?? 0) > moment) {
      if (atMs !== undefined) this.due(endpointId, atMs);
      return;
    }
    this.#changed.delete(endpointId);
    if (atMs === undefined) this.#dueAtMs.delete(endpointId);
    else this.#dueAtMs.set(endpointId, atMs);
  }

  isDue(endpointId: string, nowMs: number): boolean {
    return (this.#dueAtMs.get(endpointId) ?? Number.POSITIVE_INFINITY) <= nowMs;
  }

  forget(endpointId: string): void {
    this.#dueAtMs.delete(endpointId);
    this.#changed.delete(endpointId);
  }

  dueNow(nowMs: number): string[] {
    return [...this.#dueAtMs].filter(([, at]) => at <= nowMs).map(([endpointId]) => endpointId);
  }

  /** Of those that are not due yet. */
  nextAfter(nowMs: number): number | undefined {
    let next: number | undefined;
    for (const at of this.#dueAtMs.values()) if (at > nowMs && (next === undefined || at < next)) next = at;
    return next;
  }
}
