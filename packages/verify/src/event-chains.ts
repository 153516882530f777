/** One event of a conversation, as the log or the stream has it. `sequence` 0 is between services only, and has no place in the order. */
export interface Link {
  conversation_id: string;
  sequence: number;
  event_id: string;
}

interface Chain {
  first: number;
  last: number;
  known: Map<number, string>;
}

/**
 * Events of a conversation come in the order of their numbers, none missing. One that is there already may come again, which changes nothing; another under the
 * same number is wrong.
 */
export class EventChains {
  readonly #chains = new Map<string, Chain>();
  readonly #fromTheStart: boolean;

  /** `fromTheStart`: the first one of each conversation is number 1; else what was before may have been cleared away. */
  constructor(o: { fromTheStart: boolean }) {
    this.#fromTheStart = o.fromTheStart;
  }

  /** What is wrong with this event where it stands; undefined when nothing is. */
  add({ conversation_id, sequence, event_id }: Link): string | undefined {
    if (sequence === 0) return undefined;
    const chain = this.#chains.get(conversation_id);
    const before = chain?.known.get(sequence);
    if (before === event_id) return undefined;
    const due = chain ? chain.last + 1 : this.#fromTheStart ? 1 : sequence;
    if (chain) {
      chain.last = sequence;
      chain.known.set(sequence, event_id);
    } else this.#chains.set(conversation_id, { first: sequence, last: sequence, known: new Map([[sequence, event_id]]) });
    if (before !== undefined) return `number ${sequence} is ${before} and ${event_id}`;
    return sequence === due ? undefined : `event ${sequence} came where ${due} was due`;
  }

  /** The first and the last number of a conversation's events; undefined when none came. */
  extent(conversationId: string): { first: number; last: number } | undefined {
    return this.#chains.get(conversationId);
  }

  *extents(): Generator<[conversationId: string, extent: { first: number; last: number }]> {
    yield* this.#chains;
  }
}
