import type { Rate } from '@baton/channels/capabilities.ts';
import { LRUCache } from 'lru-cache';

/** A message that wants to leave: through which account, to whom, and what the provider says it takes. */
export interface Leaving {
  account: string;
  /** Names the customer within the account. */
  pair: string;
  rates: { account: Rate | null; pair: Rate | null };
  /** It was sent away before and comes back in its turn; others queue behind those. */
  waited: boolean;
}

interface Lane {
  /** When the messages that went out would have been through at an even pace (GCRA's theoretical arrival time). */
  evenMs: number;
  /** The turn after the last one that was given to somebody who was sent away. */
  queuedMs: number;
  pausedMs: number;
  /** Messages a second that the provider seems to take, as its last refusal taught; undefined: what it says itself. */
  learned: { perSecond: number; sinceMs: number } | undefined;
}

/** After a refusal the pace grows by so much a second until it is what it was. */
const growth = 1.1;
/** Where the provider names no rate: what is tried after the first refusal, and where a learned pace is forgotten. */
const firstGuess = 10;
const noLimit = 500;
const slowest = 0.1;

/** A turn that comes so soon is waited for without queueing anew: signals come back a little early or late. */
const nearMs = 250;

/**
 * Keeps each account to what its provider takes: by the rates it documents, and by its refusals, which pause the account (or one customer of it) and halve the
 * pace. Who may not go now is told when its turn is; turns are given out in the order of asking and an even pace apart (one that was taught grows meanwhile), so a
 * backlog does not come back at once.
 * Remembers numbers only, per account and pair: the backlog itself waits in JetStream and Postgres. Each instance keeps to the whole rate; several together
 * learn their shares from the provider's refusals.
 */
export class Pacer {
  readonly #accounts = new LRUCache<string, Lane>({ max: 20_000 });
  readonly #pairs = new LRUCache<string, Lane>({ max: 100_000 });

  /** Milliseconds until it may go, or 0: it goes now, and is counted. */
  wait(leaving: Leaving, nowMs: number): number {
    if (this.#free(leaving)) return 0;
    const { account, rates } = leaving;
    const lane = laneOf(this.#accounts, account, rates.account);
    const pairLane = laneOf(this.#pairs, pairKey(leaving), rates.pair);
    // One customer's messages are in order already: the next is signalled once the one before is out.
    const pairReady = pairLane ? ready(pairLane, rates.pair, nowMs) : 0;
    if (pairReady > nowMs) return pairReady - nowMs;
    const wait = lane ? turn(lane, { rate: rates.account, waited: leaving.waited, nowMs }) : 0;
    if (wait === 0) this.#count(leaving, nowMs, 1);
    return wait;
  }

  /** Whether one may go through the account at this moment. Counts nothing. */
  open(account: string, rate: Rate | null, nowMs: number): boolean {
    const lane = this.#accounts.get(account);
    return lane === undefined || (lane.queuedMs <= nowMs && ready(lane, rate, nowMs) <= nowMs);
  }

  /** It went without asking: it was accepted and claimed at once. */
  went(leaving: Leaving, nowMs: number): void {
    if (this.#free(leaving)) return;
    laneOf(this.#accounts, leaving.account, leaving.rates.account);
    laneOf(this.#pairs, pairKey(leaving), leaving.rates.pair);
    this.#count(leaving, nowMs, 1);
  }

  /** It was let go and did not ask the provider after all. */
  stayed(leaving: Leaving, nowMs: number): void {
    this.#count(leaving, nowMs, -1);
  }

  /** The provider refused for now. */
  refused(leaving: Leaving, by: { scope: 'account' | 'pair'; afterMs: number }, nowMs: number): void {
    const [lanes, key, rate] =
      by.scope === 'account'
        ? ([this.#accounts, leaving.account, leaving.rates.account] as const)
        : ([this.#pairs, pairKey(leaving), leaving.rates.pair] as const);
    const lane = lanes.get(key) ?? newLane();
    lanes.set(key, lane);
    // Several were under way together and are refused together: that is one lesson.
    if (by.scope === 'account' && lane.pausedMs <= nowMs) {
      const perSecond = pace(lane, rate, nowMs) ?? firstGuess * 2;
      lane.learned = { perSecond: Math.max(slowest, perSecond / 2), sinceMs: nowMs + by.afterMs };
    }
    lane.pausedMs = Math.max(lane.pausedMs, nowMs + by.afterMs);
    lane.evenMs = Math.max(lane.evenMs, lane.pausedMs);
  }

  /** No limit is known of either: the way of most messages, which should cost next to nothing. */
  #free({ account, rates }: Leaving): boolean {
    return rates.account === null && rates.pair === null && this.#pairs.size === 0 && !this.#accounts.has(account);
  }

  #count(leaving: Leaving, nowMs: number, by: 1 | -1): void {
    const lanes = [
      [this.#accounts.get(leaving.account), leaving.rates.account],
      [this.#pairs.get(pairKey(leaving)), leaving.rates.pair],
    ] as const;
    for (const [lane, rate] of lanes) {
      if (!lane) continue;
      const interval = intervalOf(lane, rate, nowMs);
      lane.evenMs = by > 0 ? Math.max(lane.evenMs, nowMs) + interval : lane.evenMs - interval;
    }
  }
}

const pairKey = ({ account, pair }: Pick<Leaving, 'account' | 'pair'>) => `${account} ${pair}`;
const newLane = (): Lane => ({ evenMs: 0, queuedMs: 0, pausedMs: 0, learned: undefined });

/** Nothing is remembered of an account without limits until it refuses. */
function laneOf(lanes: LRUCache<string, Lane>, key: string, rate: Rate | null): Lane | undefined {
  const known = lanes.get(key);
  if (known || rate === null) return known;
  const lane = newLane();
  lanes.set(key, lane);
  return lane;
}

const documented = (rate: Rate | null): number | undefined => (rate ? rate.messages / rate.seconds : undefined);

/** What a refusal taught, grown until then; undefined: nothing, or no less than what the provider says itself. */
function learnedPace(lane: Lane, rate: Rate | null, atMs: number): number | undefined {
  if (!lane.learned) return undefined;
  const { perSecond, sinceMs } = lane.learned;
  const grown = perSecond * growth ** (Math.max(0, atMs - sinceMs) / 1000);
  return grown < (documented(rate) ?? noLimit) ? grown : undefined;
}

/** Messages a second at that time; undefined: as many as there are. */
function pace(lane: Lane, rate: Rate | null, atMs: number): number | undefined {
  return learnedPace(lane, rate, atMs) ?? documented(rate);
}

function intervalOf(lane: Lane, rate: Rate | null, atMs: number): number {
  const perSecond = pace(lane, rate, atMs);
  return perSecond === undefined ? 0 : 1000 / perSecond;
}

/** From when on one more may go. */
function ready(lane: Lane, rate: Rate | null, nowMs: number): number {
  if (learnedPace(lane, rate, nowMs) === undefined) lane.learned = undefined;
  const ahead = lane.learned ? 0 : ((rate?.burst ?? 1) - 1) * intervalOf(lane, rate, nowMs);
  return Math.max(lane.pausedMs, lane.evenMs - ahead);
}

function turn(lane: Lane, o: { rate: Rate | null; waited: boolean; nowMs: number }): number {
  const from = ready(lane, o.rate, o.nowMs);
  if (o.waited && from - o.nowMs <= nearMs) return Math.max(0, from - o.nowMs);
  const earliest = Math.max(from, lane.queuedMs);
  if (earliest <= o.nowMs) return 0;
  // At the pace of that time: by today's a backlog of minutes would be given turns that are slow for long after the provider is well again.
  lane.queuedMs = earliest + intervalOf(lane, o.rate, earliest);
  return earliest - o.nowMs;
}
