import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../../test/pure/world.ts';
import type { TurnResult } from './commit-reply.ts';
import type { AgentRow, DispatchRow, MessageRow } from './rows.ts';

// Random commands on one conversation, decided by the real rules; after each one everything that must always hold is checked. Commands pick their
// target by a number, so that any sequence makes sense and fast-check can shorten it.

type Step =
  | { do: 'receive'; texts: string[]; human: boolean }
  | { do: 'mode'; to: 'ai' | 'human' | 'closed' }
  | { do: 'resume'; answer: boolean }
  | { do: 'write'; takeover: boolean }
  | { do: 'begin'; pick: number; redelivered: boolean }
  | {
      do: 'commit';
      pick: number;
      result: 'reply' | 'silence' | 'handoff' | 'close' | 'failure' | 'deferred';
      byRest: boolean;
      claim: boolean;
    }
  | { do: 'claim'; pick: number }
  | { do: 'record'; pick: number; outcome: 'sent' | 'failed' | 'unknown' | 'requeue' }
  | { do: 'receipt'; pick: number; status: 'sent' | 'delivered' | 'read' | 'failed' }
  | { do: 'wait'; ms: number };

const pick = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      texts: fc.array(fc.constantFrom('Hi', 'Hi', 'Hi', 'STOP', 'START'), { minLength: 1, maxLength: 3 }),
      human: fc.constantFrom(false, false, false, false, true),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('mode' as const),
      to: fc.constantFrom('ai' as const, 'ai' as const, 'human' as const, 'human' as const, 'human' as const, 'closed' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resume' as const), answer: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('write' as const), takeover: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('begin' as const), pick, redelivered: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      pick,
      result: fc.constantFrom(
        'reply' as const,
        'reply' as const,
        'silence' as const,
        'handoff' as const,
        'close' as const,
        'failure' as const,
        'deferred' as const,
      ),
      byRest: fc.boolean(),
      claim: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), pick }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      pick,
      outcome: fc.constantFrom('sent' as const, 'sent' as const, 'failed' as const, 'unknown' as const, 'requeue' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('receipt' as const),
      pick,
      status: fc.constantFrom('sent' as const, 'delivered' as const, 'read' as const, 'failed' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(100, 2000, 40_000, 4_000_000) }) },
);

const agents: fc.Arbitrary<Partial<AgentRow>> = fc.record({
  burst: fc.constantFrom('queue', 'supersede'),
  handoff: fc.constantFrom('human', 'flag'),
  debounce_ms: fc.constantFrom(0, 1000),
  takeover_timeout_seconds: fc.constantFrom(null, 30),
  silence_timeout_seconds: fc.constantFrom(null, 60),
  fallback_text: fc.constantFrom(null, 'Sorry'),
});

const reply = {
  messages: [
    { text: 'One', attachments: [] },
    { text: 'Two', attachments: [] },
  ],
  handoff: null,
  close: false,
  tags: [],
  status: null,
  metadata: {},
};
const results: Record<Extract<Step, { do: 'commit' }>['result'], TurnResult> = {
  reply: { kind: 'reply', reply },
  silence: { kind: 'reply', reply: { ...reply, messages: [] } },
  handoff: { kind: 'reply', reply: { ...reply, handoff: { reason: 'asked', summary: null } } },
  close: { kind: 'reply', reply: { ...reply, close: true } },
  failure: { kind: 'failure', error: 'broken' },
  deferred: { kind: 'deferred' },
};

/** Plays steps as dispatcher and operators would, and keeps a book of its own to judge by. */
class Play {
  readonly world: World;
  /** Signals that the dispatcher has got and not yet acknowledged, by dispatch or message id. */
  readonly signals = new Set<string>();
  /** Epoch that BeginTurn gave, by dispatch. */
  readonly begun = new Map<string, number>();
  /** How many times a person had taken the conversation when a turn began. */
  readonly takenAtBegin = new Map<string, number>();
  taken = 0;
  #read = 0;
  #number = 0;

  constructor(agent: Partial<AgentRow>) {
    this.world = new World(agent);
    this.world.receive({ provider_message_id: 'first' });
    this.#listen();
  }

  take(step: Step): void {
    this.#act(step);
    while (this.world.fireDue());
    this.#listen();
  }

  #act(step: Step): void {
    const { world } = this;
    switch (step.do) {
      case 'receive':
        if (world.conversation?.ai_mode === 'closed') return;
        if (step.human) this.taken++;
        world.receive(
          ...step.texts.map((text) => ({ text, author: step.human ? 'human' : 'contact', provider_message_id: `p${++this.#number}` })),
        );
        return;
      case 'mode':
        if (!('code' in world.setMode(step.to)) && step.to !== 'ai') this.taken++;
        return;
      case 'resume':
        world.resume(step.answer);
        return;
      case 'write':
        if (!('code' in world.write(step.takeover)) && step.takeover) this.taken++;
        return;
      case 'begin':
        this.#begin(step);
        return;
      case 'commit': {
        const id = chosen([...this.begun.keys()], step.pick);
        if (id === undefined) return;
        const decision = world.commit(id, step.byRest ? undefined : this.begun.get(id), results[step.result], step.claim ? 'sender' : '');
        if (decision.kind === 'committed' && decision.claimed) this.#judgeClaim(decision.claimed);
        return;
      }
      case 'claim':
        this.#claim(step);
        return;
      case 'record': {
        const sending = world.openSends().filter((m) => m.status === 'sending');
        const message = chosen(sending, step.pick);
        if (message)
          world.record(message.message_id, {
            claim: message.claim,
            outcome: step.outcome,
            provider_message_id: `out-${message.message_id}`,
            retry_after_ms: 1000,
          });
        return;
      }
      case 'receipt': {
        const message = chosen(
          [...world.messages.values()].filter((m) => m.direction === 'outbound' && m.status !== 'sending'),
          step.pick,
        );
        if (message) world.receipt(message.message_id, step.status);
        return;
      }
      case 'wait':
        world.advance(step.ms);
        return;
      default:
        step satisfies never;
    }
  }

  #begin(step: Extract<Step, { do: 'begin' }>): void {
    const { world } = this;
    const id = chosen([...world.dispatches.keys()], step.pick)!;
    const decision = world.begin(id, step.redelivered);
    if (decision.kind !== 'held') this.signals.delete(id);
    if (decision.kind !== 'turn') return;
    expect(world.conversation?.ai_mode, 'a turn begins only while the AI answers').toBe('ai');
    this.begun.set(id, decision.dispatch.mode_epoch);
    this.takenAtBegin.set(id, this.taken);
  }

  #claim(step: Extract<Step, { do: 'claim' }>): void {
    const { world } = this;
    const message = chosen(world.openSends(), step.pick);
    if (!message) return;
    const decision = world.claim(message.message_id);
    this.signals.delete(message.message_id);
    if (decision.kind === 'claimed' && message.author === 'ai') this.#judgeClaim(decision.message);
  }

  /** From here on a provider may have it. */
  #judgeClaim(message: MessageRow): void {
    expect(message.mode_epoch, 'claimed under the present epoch').toBe(this.world.conversation?.mode_epoch);
    const taken = this.takenAtBegin.get(message.dispatch_id!);
    expect(this.taken, 'no person has taken the conversation since the turn of this message began').toBe(taken);
    const before = this.world.openSends().filter((one) => one.sequence < message.sequence);
    expect(before, 'nothing of the conversation is still on its way before it').toEqual([]);
  }

  #listen(): void {
    for (const event of this.world.events.slice(this.#read)) {
      const dispatch = event.payload['dispatch'] as { dispatch_id: string; outcome: string; due_at: string | null } | null;
      if (event.event_type === 'message.received' && dispatch?.outcome === 'pending' && dispatch.due_at === null)
        this.signals.add(dispatch.dispatch_id);
      if (event.event_type === 'message.queued' || event.event_type === 'send.ready')
        this.signals.add(event.payload['message_id'] as string);
      if (event.event_type === 'dispatch.ready') this.signals.add(event.payload['dispatch_id'] as string);
    }
    this.#read = this.world.events.length;
  }
}

const chosen = <T>(from: T[], pick: number): T | undefined => (from.length === 0 ? undefined : from[pick % from.length]);

const unsettled = new Set(['pending', 'in_flight']);
const finals = new Set(['cancelled', 'failed']);

function check(
  play: Play,
  before: { epoch: number; mode: string; dispatches: Map<string, DispatchRow>; messages: Map<string, MessageRow> },
): void {
  const { world } = play;
  const c = world.conversation!;
  expect(c.mode_epoch, 'the epoch counts mode changes').toBe(1 + world.history.length);
  expect(world.history.map((row) => row.mode_epoch)).toEqual(world.history.map((_, index) => index + 2));
  expect(c.mode_epoch).toBeGreaterThanOrEqual(before.epoch);
  if (before.mode === 'closed') expect(c.ai_mode, 'closed is final').toBe('closed');

  const sequences = [...world.messages.values()].map((m) => m.sequence).sort((a, b) => a - b);
  expect(sequences, 'messages are numbered without a gap').toEqual(Array.from({ length: c.message_count }, (_, index) => index + 1));
  const shown = world.events.map((event) => event.sequence).filter((sequence) => sequence > 0);
  expect(shown, 'events are numbered without a gap').toEqual(Array.from({ length: c.event_sequence }, (_, index) => index + 1));

  const dispatches = [...world.dispatches.values()];
  const current = dispatches.filter((d) => d.outcome === 'in_flight' && d.mode_epoch === c.mode_epoch);
  expect(current.length, 'one turn at a time').toBeLessThanOrEqual(1);
  const pending = dispatches.filter((d) => d.outcome === 'pending').map((d) => d.dispatch_id);
  expect(pending, 'the waiting turn is the one that the conversation names').toEqual(
    c.pending_dispatch_id === null ? [] : [c.pending_dispatch_id],
  );
  for (const [id, old] of before.dispatches)
    if (!unsettled.has(old.outcome)) expect(world.dispatches.get(id), 'a settled dispatch never changes').toEqual(old);
  for (const [id, old] of before.messages)
    if (finals.has(old.status)) expect(world.messages.get(id), `${old.status} is final`).toEqual(old);
  for (const d of dispatches) {
    const replies = [...world.messages.values()].filter((m) => m.dispatch_id === d.dispatch_id).map((m) => m.message_id);
    expect(replies, 'only what a turn is recorded to have said was said').toEqual(d.reply_message_ids);
  }
  somebodyWillAct(play);
}

/** Nothing may wait for a signal that nobody will give: the sweeper is for lost signals, not for forgotten ones. */
function somebodyWillAct({ world, signals }: Play): void {
  const c = world.conversation!;
  const waiting = c.pending_dispatch_id;
  if (waiting !== null) {
    const acted = signals.has(waiting) || c.turn_dispatch_id !== null || world.timers.has(`debounce:${waiting}`);
    expect(acted, 'a waiting turn has a signal, a timer or a turn before it').toBe(true);
  }
  const [first] = world.openSends();
  if (first?.status === 'queued') {
    const acted = signals.has(first.message_id) || world.timers.has(`send_retry:${first.message_id}`);
    expect(acted, 'the first queued message has a signal or a timer').toBe(true);
  }
}

test('whatever people, AI, providers and timers do to a conversation, its invariants hold', () => {
  const runs = fc.property(agents, fc.array(step, { minLength: 5, maxLength: 60 }), (agent, steps) => {
    const play = new Play(agent);
    for (const one of steps) {
      const { conversation, dispatches, messages } = play.world;
      const before = {
        epoch: conversation!.mode_epoch,
        mode: conversation!.ai_mode,
        dispatches: new Map(dispatches),
        messages: new Map(messages),
      };
      play.take(one);
      check(play, before);
    }
  });
  fc.assert(runs, { numRuns: 1500, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false });
}, 60_000);
