import { openPipelinePool } from '@baton/db/pipeline.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvents } from '../src/events.ts';
import { receiveBatch } from '../src/inbound/receive-batch.ts';
import { newInstanceId, type Store } from '../src/store/store.ts';
import { type Harness, inboundMessage, makeWorkspace, newCustomer, startHarness, type Workspace } from './harness.ts';
import { type Act, playerOf, type Scene, type Sending } from './interleave/actors.ts';
import { Judge } from './interleave/judge.ts';
import { Actor, Schedule } from './interleave/schedule.ts';
import { brokenInvariants } from './invariants.ts';

const lanes = 4;
const runs = Number(process.env['BATON_INTERLEAVINGS'] ?? 10_000);

let h: Harness;
let w: Workspace;
let pool: pg.Pool;
const events = createEvents(createLogger('conversation-state', 'silent'));

beforeAll(async () => {
  h = await startHarness();
  w = await makeWorkspace(h);
  pool = openPipelinePool({ url: h.infra.postgres.urls.baton_conversation, name: 'interleavings', poolSize: lanes * 8 });
});
afterAll(async () => {
  await pool.end();
  await h[Symbol.asyncDispose]();
});

const one = <const T extends readonly string[]>(...words: T) => fc.constantFrom(...(words as readonly T[number][]));
const seldom = (of: number) => fc.nat({ max: of }).map((n) => n === 0);

const sending = fc.record({
  lingers: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 16 }) }),
  outcome: one('sent', 'sent', 'unknown', 'requeue'),
  dies: one('never', 'never', 'never', 'before the provider', 'before the result'),
});
const turn = fc.record({
  waits: fc.nat({ max: 2 }),
  do: one('turn'),
  redelivered: fc.boolean(),
  handsOff: seldom(4),
  claims: fc.boolean(),
  diesThinking: seldom(6),
  sending,
});
const send = fc.record({ waits: fc.nat({ max: 9 }), do: one('send'), redelivered: fc.boolean(), sending });
const operate = (...plans: Extract<Act, { do: 'operate' }>['steps'][]) =>
  fc.record({ waits: fc.nat({ max: 12 }), do: one('operate'), steps: fc.constantFrom(...plans) });
const takesOver = operate(['human'], ['human', 'human'], ['closed']);
const givesBack = operate(['human', 'ai'], ['human', 'ai', 'human']);
const write = fc.record({ waits: fc.nat({ max: 6 }), do: one('write'), author: one('contact', 'contact', 'human') });

/** Always a turn and somebody who takes over; besides them whatever comes. Two who give back would not know whose takeover stands. */
const mixed = fc
  .tuple(
    turn,
    fc.oneof(takesOver, givesBack),
    fc.array(fc.oneof({ weight: 3, arbitrary: send }, { weight: 2, arbitrary: turn }, write), { maxLength: 4 }),
  )
  .map(([first, operator, others]): Act[] => [first, operator, ...others]);

const lingering = (how: Sending): Sending => ({ ...how, lingers: 8 + how.lingers, dies: 'never' });

/** A sender that lives and is taken for dead, the one who comes after it, and a takeover at any moment of that. */
const doubted = fc
  .tuple(
    turn.map((act) => ({ ...act, waits: 0, claims: true, diesThinking: false, sending: lingering(act.sending) })),
    fc.array(
      send.map((act) => ({ ...act, redelivered: true, waits: (act.waits % 4) + 5, sending: lingering(act.sending) })),
      { minLength: 1, maxLength: 2 },
    ),
    operate(['human'], ['human', 'ai', 'human']).map((act) => ({ ...act, waits: act.waits + 4 })),
  )
  .map(([first, others, operator]): Act[] => [first, ...others, operator]);
const play = fc.oneof({ weight: 3, arbitrary: mixed }, { weight: 2, arbitrary: doubted });

const counted = { delivered: 0, interleavings: 0 };

async function perform(acts: Act[], choices: number[], idempotent: boolean): Promise<void> {
  const schedule = new Schedule(choices);
  const base: Store = {
    db: undefined as never,
    search: undefined as never,
    exports: undefined as never,
    pool,
    committed: () => undefined,
    counted: () => undefined,
    announced: () => undefined,
    now: () => new Date(),
    instanceId: newInstanceId(),
  };
  const from = newCustomer();
  await receiveBatch(base, [{ kind: 'message', message: inboundMessage(w, from) }], { fence: [] });
  const find = 'select conversation_id from conversation.conversation where agent_id = $1 and remote_address = $2';
  const { rows } = await h.admin.query({ name: 'conversation_of', text: find, values: [w.agentId, from] });
  const scene: Scene = { h, w, from, id: rows[0].conversation_id, judge: new Judge(idempotent) };
  const actors = acts.map((act, index) => [new Actor(schedule, `${index} ${act.do}`), act] as const);
  await schedule.run(
    new Map(actors.map(([actor, act]) => [actor, () => playerOf(act, events)(scene, actor, { ...base, pool: actor.pool(pool) })])),
  );
  counted.interleavings++;
  counted.delivered += scene.judge.delivered.size;
  expect(scene.judge.breaches).toEqual([]);
  expect(await brokenInvariants(h.admin, scene.id)).toEqual([]);
}

test(`${runs} interleavings of turns, replies, claims, results, takeovers, hand-backs and closings keep the promise`, async () => {
  const property = fc.asyncProperty(play, fc.array(fc.nat({ max: 5 }), { minLength: 8, maxLength: 40 }), fc.boolean(), perform);
  const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 2 ** 31);
  // Several lanes share the work: each performance has a conversation of its own.
  await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      fc.assert(property, { numRuns: Math.ceil(runs / lanes), seed: seed + lane, endOnFailure: true }),
    ),
  );
  // Shows that something happened at all: replies went out, in some runs and not in all.
  expect(counted.interleavings).toBeGreaterThanOrEqual(runs);
  expect(counted.delivered).toBeGreaterThan(runs / 10);
}, 600_000);
