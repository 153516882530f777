/** One event of a conversation, as the log or the stream has it. `sequence` 0 is between services only, and has no place in the order. */
export interface Link {
  conversation_id: string;
  sequence: number;
  event_id: string;
  /** It was filled in again, into a stream that had lost it. */
  again?: boolean;
}

interface Chain {
  first: number;
  last: number;
  /** The newest ones, by number. */
  known: Map<number, string>;
  /** What was passed over, and what was filled in, wherever it stands. */
  holes: number[];
  filled: Set<number>;
}

export interface ChainOptions {
  /** The first one of each conversation is number 1; else what was before may have been cleared away. */
  fromTheStart: boolean;
  /** How many events of a conversation are told from others under their number. One that is forgotten counts as come again. 0: none may come again. */
  remembers: number;
  /** A stream that stands may have had a part of it filled in again, behind newer events: what is missing is only known at the end. */
  mayBeFilledIn?: boolean;
}

/**
 * Events of a conversation come in the order of their numbers, none missing. One that is there already may come again, which changes nothing; another under the
 * same number is wrong.
 */
export class EventChains {
  readonly #chains = new Map<string, Chain>();
  readonly #o: ChainOptions;

  constructor(o: ChainOptions) {
    this.#o = o;
  }

  /** What is wrong with this event where it stands; undefined when nothing is. */
  add({ conversation_id, sequence, event_id, again }: Link): string | undefined {
    if (sequence === 0) return undefined;
    const chain = this.#chains.get(conversation_id);
    if (!chain) {
      this.#chains.set(conversation_id, this.#remember(begun(sequence), sequence, event_id));
      return this.#o.fromTheStart && sequence !== 1 ? `event ${sequence} came where 1 was due` : undefined;
    }
    if (again && this.#o.mayBeFilledIn && sequence <= chain.last) {
      chain.filled.add(sequence);
      return undefined;
    }
    const before = chain.known.get(sequence);
    if (before === event_id || this.#forgot(chain, sequence)) return undefined;
    const due = chain.last + 1;
    chain.last = sequence;
    this.#remember(chain, sequence, event_id);
    if (before !== undefined) return `number ${sequence} is ${before} and ${event_id}`;
    if (sequence > due && this.#o.mayBeFilledIn) {
      for (let missing = due; missing < sequence; missing++) chain.holes.push(missing);
      return undefined;
    }
    return sequence === due ? undefined : `event ${sequence} came where ${due} was due`;
  }

  #forgot({ known }: Chain, sequence: number): boolean {
    const [oldest] = known.keys();
    return known.size >= this.#o.remembers && oldest !== undefined && sequence < oldest;
  }

  #remember(chain: Chain, sequence: number, event_id: string): Chain {
    if (this.#o.remembers === 0) return chain;
    chain.known.set(sequence, event_id);
    const [oldest] = chain.known.keys();
    if (chain.known.size > this.#o.remembers && oldest !== undefined) chain.known.delete(oldest);
    return chain;
  }

  /** The first and the last number of a conversation's events; undefined when none came. */
  extent(conversationId: string): { first: number; last: number } | undefined {
    const chain = this.#chains.get(conversationId);
    if (!chain) return undefined;
    let { first } = chain;
    while (chain.filled.has(first - 1)) first -= 1;
    return { first, last: chain.last };
  }

  /** With `mayBeFilledIn`: the numbers that neither came in their place nor were filled in. */
  *missing(): Generator<[conversationId: string, numbers: number[]]> {
    for (const [id, { holes, filled }] of this.#chains) {
      const numbers = holes.filter((number) => !filled.has(number));
      if (numbers.length > 0) yield [id, numbers];
    }
  }

  *extents(): Generator<[conversationId: string, extent: { first: number; last: number }]> {
    yield* this.#chains;
  }
}

function begun(sequence: number): Chain {
  return { first: sequence, last: sequence, known: new Map(), holes: [], filled: new Set() };
}
