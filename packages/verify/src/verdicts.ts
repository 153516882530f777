import { conversationInvariants } from './invariants/all.ts';
import { installationInvariants } from './invariants/installation.ts';
import type { Violation } from './invariants/invariant.ts';

export interface Verdict {
  invariant: string;
  promise: string;
  /** How many conversations, events or, where it is one look at the whole, 1. 0: it was not looked at. */
  checked: number;
  violations: number;
  /** The first ones. */
  first: Violation[];
}

type Group = 'conversations' | 'log' | 'stream' | 'inbound' | 'installation';

const ofEvents: readonly { name: string; promise: string; group: Group }[] = [
  {
    name: 'events.logged_in_order',
    promise: 'The events of a conversation are logged in the order of their numbers, without a gap.',
    group: 'log',
  },
  { name: 'events.of_their_row', promise: 'An event says the workspace, the conversation and the number that its row says.', group: 'log' },
  { name: 'webhooks.planned', promise: 'Every endpoint that wanted an event has a delivery of it.', group: 'log' },
  {
    name: 'events.streamed_in_order',
    promise: 'EVENTS holds the events of a conversation in the order of their numbers, without a gap.',
    group: 'stream',
  },
  { name: 'events.complete', promise: 'What is logged and published is in EVENTS.', group: 'stream' },
  { name: 'inbound.drains', promise: 'What INBOUND has stored is taken into Postgres: nothing waits there for long.', group: 'inbound' },
];

/** The book of a whole run: what was looked at, and what was found. */
export class Verdicts {
  readonly #byName = new Map<string, Verdict & { group: Group }>();
  readonly #kept: number;

  /** `kept`: how many violations of each invariant are told one by one. */
  constructor(kept: number) {
    this.#kept = kept;
    const all = [
      ...conversationInvariants.map((one) => ({ ...one, group: 'conversations' as const })),
      ...ofEvents,
      ...installationInvariants.map((one) => ({ ...one, group: 'installation' as const })),
    ];
    for (const { name, promise, group } of all)
      this.#byName.set(name, { invariant: name, promise, checked: 0, violations: 0, first: [], group });
  }

  checked(group: Group, count: number): void {
    for (const verdict of this.#byName.values()) if (verdict.group === group) verdict.checked += count;
  }

  found(violations: readonly Violation[]): void {
    for (const violation of violations) {
      const verdict = this.#byName.get(violation.invariant);
      if (!verdict) throw new Error(`There is no invariant ${violation.invariant}.`);
      verdict.violations += 1;
      if (verdict.first.length < this.#kept) verdict.first.push(violation);
    }
  }

  get list(): Verdict[] {
    return [...this.#byName.values()].map(({ group: _, ...verdict }) => verdict);
  }
}
