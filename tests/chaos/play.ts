import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KillPoint } from '@baton/runtime/kill-point.ts';
import { crowdWrites } from '../support/customers/crowd.ts';
import { linesWith } from '../support/judge/logs.ts';
import { followRestlessly } from '../support/streams/restless-reader.ts';
import { operatorsWork } from './cast/operators.ts';
import { setScene } from './cast/world.ts';
import { Dice } from './dice.ts';
import type { Fault } from './faults/fault.ts';
import { dieAt } from './faults/kill-points.ts';
import { heal } from './heal.ts';
import { judge } from './judge/judge.ts';
import type { Scene } from './scene.ts';

export interface PlayOptions {
  seed: number;
  seconds: number;
  /** One of them at a time, and how many such chains at once. */
  faults: readonly Fault[];
  chains: number;
  /** Each of these once, in this order, instead of chance. */
  killPoints?: readonly KillPoint[];
  customers: number;
  operators: number;
  /** How long the backlog may take to drain after the last fault; three minutes unless told. */
  healsWithinMs?: number;
  /** The checkout whose services run; this one unless told. */
  root?: string;
  say(line: string): void;
}

export interface Played {
  seed: number;
  /** How long faults struck. */
  seconds: number;
  /** Every way in which the promises were broken; empty when they were kept. */
  wrong: string[];
  /** How often each fault struck. */
  strikes: Record<string, number>;
  accepted: number;
  turns: number;
  sends: number;
  /** Messages of unknown fate. */
  unknown: number;
  takeovers: number;
  /** ms from each acknowledged takeover to the last byte of each call for a message that it named. */
  named: number[];
  /** Of each message that went down with NATS' store: ms from its acceptance to the loss. */
  lost: number[];
  /** Starts of processes beyond the first ones. */
  restarts: number;
  /** ms that the backlog took to be gone after the last fault. */
  healedMs: number;
  /** How often the sweep signalled a turn or a message again: a signal was lost, or the work behind it took longer than a minute. */
  swept: number;
}

const writesEveryMs = 900;
/** Between two faults of a chain. One fault by itself comes less densely: a server that is only ever down shows nothing of what goes on when it is back. */
const pauseMs = { mixed: [100, 1_500], alone: [1_500, 6_000] } as const;

/** After a death the next place may only be passed when a lease has ended, somebody has tried again and a slow machine has started a process. */
const eachPointWithinMs = 30_000;

/** Of the other tenant: enough to be there all the time. */
const bystanders = 3;

/** The whole product with two instances of everything, customers, people, readers and subscribers, and faults; then the judgement. */
export async function play(o: PlayOptions): Promise<Played> {
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-chaos-'));
  await using stage = new AsyncDisposableStack();
  stage.defer(() => rmSync(folder, { recursive: true, force: true }));
  const over = new AbortController();
  const scene = await setScene({ stage, killPointFile: path.join(folder, 'kill-point'), over: over.signal, root: o.root, say: o.say });
  const reader = stage.use(await followRestlessly(streams(scene), scene.tenant.workspace.key, 1_000));
  const dice = new Dice(o.seed);
  const writing = customersWrite(scene, o);
  const operating = operatorsWork(scene, dice.other(), { people: o.operators });
  const began = performance.now();
  const striking = o.killPoints ? strikeEach(scene, o.killPoints) : strikeAtRandom(scene, dice.other(), o);
  const time = o.killPoints ? striking : new Promise((resolve) => setTimeout(resolve, o.seconds * 1000));
  const acting = Promise.all([operating, striking, writing]);
  await Promise.race([time, acting]).finally(() => over.abort());
  const struckFor = Math.round((performance.now() - began) / 1000);
  const [takeovers, strikes] = await acting;
  const healedMs = await heal(scene, { reader, withinMs: o.healsWithinMs ?? 180_000 });
  const { wrong, named, lost, evidence } = await judge(scene, { reader, takeovers });
  return {
    seed: o.seed,
    seconds: struckFor,
    wrong,
    strikes,
    accepted: evidence.accepted.length,
    turns: evidence.dispatches.length,
    sends: evidence.provider.length,
    unknown: evidence.messages.filter(({ status }) => status === 'unknown').length,
    takeovers: takeovers.length,
    named,
    lost,
    restarts: scene.running.stack.services.reduce((sum, { starts }) => sum + starts - 1, 0),
    healedMs,
    swept: swept(scene),
  };
}

function swept({ running, say }: Scene): number {
  // Who is killed may leave half a line.
  const lines = linesWith(running.product.logsDir, 'signalled again what nothing had happened to').filter((line) => line.endsWith('}'));
  const said = lines.map((line): { time: string; what: string; count: number; ids?: string[] } => JSON.parse(line));
  const work = said.filter(({ what }) => what === 'turn' || what === 'send');
  for (const { time, what, count, ids } of work) say(`the sweep found, at ${time}, ${what} ${count}: ${ids?.join(', ')}`);
  return work.reduce((sum, { count }) => sum + count, 0);
}

/** They go on until the time is up. */
function customersWrite(scene: Scene, o: PlayOptions): Promise<unknown> {
  const { product } = scene.running;
  const pace = { product, messages: Number.POSITIVE_INFINITY, everyMs: writesEveryMs, patienceMs: 120_000, over: scene.over };
  const { tenant, bystander } = scene;
  const each = Math.ceil(o.customers / tenant.lines.length);
  const crowds = tenant.lines.map((line) => crowdWrites({ ...pace, line, customers: each, accepted: tenant.accepted }));
  const others = bystander.lines.map((line) =>
    crowdWrites({ ...pace, line, customers: bystanders, accepted: bystander.accepted, word: bystander.word }),
  );
  return Promise.all([...crowds, ...others]);
}

function streams({ running }: Scene): string[] {
  return running.product.gatewayUrls.map((base) => `${base}/v1/stream`);
}

/** Chains of faults, each one after the other; the chance of each chain is its own. Answers how often which one struck. */
async function strikeAtRandom(scene: Scene, dice: Dice, o: PlayOptions): Promise<Record<string, number>> {
  const strikes: Record<string, number> = {};
  const [shortest, longest] = o.faults.length > 1 ? pauseMs.mixed : pauseMs.alone;
  const chain = async (own: Dice): Promise<void> => {
    while (!scene.over.aborted && o.faults.length > 0) {
      const fault = own.pick(o.faults);
      strikes[fault.name] = (strikes[fault.name] ?? 0) + 1;
      await fault.strike(scene, own);
      // Servers cannot be started twice at once, and a restart takes its time: the next fault waits a moment.
      await new Promise((resolve) => setTimeout(resolve, own.whole(shortest, longest)));
    }
  };
  await Promise.all(Array.from({ length: o.chains }, () => chain(dice.other())));
  return strikes;
}

async function strikeEach(scene: Scene, points: readonly KillPoint[]): Promise<Record<string, number>> {
  // Refused messages are what the timers of a quiet installation are about.
  scene.provider.respond((_call, nth) => (nth % 5 === 0 ? { status: 429, json: { code: 20429 } } : 'accept'));
  for (const point of points) {
    await dieAt(scene, point, 2, eachPointWithinMs).catch((error: Error) => scene.wrong.push(error.message));
    await Promise.all(scene.running.stack.services.map((service) => service.ready()));
  }
  scene.provider.respond();
  return Object.fromEntries(points.map((point) => [point, 1]));
}
