/** Which numbers of each conversation are there, kept as stretches: where nothing is missing that is one, however many there are. */
export class KnownNumbers {
  readonly #stretches = new Map<string, [from: number, to: number][]>();

  add(conversationId: string, number: number): void {
    const all = this.#stretches.get(conversationId);
    const last = all?.at(-1);
    if (!all) this.#stretches.set(conversationId, [[number, number]]);
    else if (last && number === last[1] + 1) last[1] = number;
    else if (!this.has(conversationId, number)) all.push([number, number]);
  }

  has(conversationId: string, number: number): boolean {
    return this.#stretches.get(conversationId)?.some(([from, to]) => from <= number && number <= to) ?? false;
  }
}
