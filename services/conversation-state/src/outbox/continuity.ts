import { LRUCache } from 'lru-cache';
import type { EventRow } from '../domain/rows.ts';

type Numbered = Pick<EventRow, 'conversation_id' | 'sequence'>;

/** Which event of each conversation was published last, as far as this process knows: the proof that the next one may go. */
export class Continuity {
  readonly #last = new LRUCache<string, number>({ max: 100_000 });

  /** Whether the chain's numbered events go on exactly where the last published one stood. Internal signals carry no number and need no proof. */
  follows(chain: Numbered[]): boolean {
    let expected: number | undefined;
    for (const { conversation_id, sequence } of chain) {
      if (sequence === 0) continue;
      expected ??= sequence === 1 ? 1 : (this.#last.get(conversation_id) ?? Number.NaN) + 1;
      if (sequence !== expected) return false;
      expected++;
    }
    return true;
  }

  published({ conversation_id, sequence }: Numbered): void {
    if (sequence > (this.#last.get(conversation_id) ?? 0)) this.#last.set(conversation_id, sequence);
  }

  broken(conversationId: string): void {
    this.#last.delete(conversationId);
  }

  forget(): void {
    this.#last.clear();
  }
}
