import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { lowestId } from '@baton/contracts/ids.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { clearReplays } from '../store/replays/replays.ts';
import { type Claims, claimTurns, type ReplayClaim, releaseClaim, renewClaims, replaysToDo, storeAnswer } from '../store/replays/turns.ts';
import { type Asker, askerOf, askPastTurn } from './ask-past-turn.ts';
import type { ReplayDeps } from './deps.ts';

const lookEveryMs = 5000;
const clearEveryMs = 600_000;
const faultPauseMs = 2000;

interface InHand {
  claim: ReplayClaim;
  cutOff: AbortController;
}

/**
 * Works through replays: past turns put to another backend, a few at a time. Live turns share nothing with it but the process: it has places, connections, breakers and
 * a connection to Postgres of its own. The backlog lives in Postgres; another instance's comes up by looking every few seconds.
 */
export class Replays {
  readonly deps: ReplayDeps;
  readonly #logger: Logger;
  readonly #inHand = new Map<string, InHand>();
  readonly #running = new Set<Promise<void>>();
  readonly #askers = new Map<string, Asker>();
  readonly #stop = new AbortController();
  #looping: Promise<void> = Promise.resolve();
  #woken = Promise.withResolvers<void>();

  constructor(deps: ReplayDeps, logger: Logger) {
    this.deps = deps;
    this.#logger = logger;
    deps.events.watchReplays(() => this.#inHand.size);
  }

  /** Call it when the schema is there. */
  start(): void {
    this.#looping = Promise.all([this.#loop(), this.#keepClaims(), this.#clearAway()]).then(() => undefined);
  }

  /** There may be something to do. */
  wake(): void {
    this.#woken.resolve();
  }

  /** It is over: what is under way here is cut off. Other instances learn it with their next sign of life. */
  cutOff(replayId: string): void {
    for (const { claim, cutOff } of this.#inHand.values()) if (claim.replay_id === replayId) cutOff.abort();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#woken = Promise.withResolvers<void>();
      try {
        await this.#look();
      } catch (error) {
        this.#logger.warn({ err: error }, 'replays could not be looked for; trying again');
      }
      const over = new AbortController();
      await Promise.race([this.#woken.promise, delay(lookEveryMs, undefined, { signal: over.signal }).catch(() => undefined)]);
      over.abort();
    }
  }

  async #look(): Promise<void> {
    const { settings, db } = this.deps;
    if (this.#inHand.size >= settings.concurrency) return;
    const open = await replaysToDo(db);
    for (const at of open) {
      const most = settings.concurrency - this.#inHand.size;
      if (most <= 0 || this.#stop.signal.aborted) return;
      const o = { most, mostOfReplay: settings.concurrencyPerReplay, leaseId: randomUUID(), leaseMs: settings.leaseMs };
      const claimed = await claimTurns(db, at, o);
      if (claimed) this.#begin(claimed);
    }
  }

  #begin({ replay, claims }: Claims): void {
    const asker = this.#askers.get(replay.replay_id) ?? askerOf(this.deps.box, replay);
    this.#askers.set(replay.replay_id, asker);
    for (const claim of claims) {
      const key = `${claim.replay_id} ${claim.position}`;
      const cutOff = new AbortController();
      this.#inHand.set(key, { claim, cutOff });
      const running = this.#ask({ replay, claim, asker, signal: cutOff.signal }).finally(() => {
        this.#inHand.delete(key);
        this.#running.delete(running);
        if (![...this.#inHand.values()].some((one) => one.claim.replay_id === replay.replay_id)) this.#askers.delete(replay.replay_id);
        this.#woken.resolve();
      });
      this.#running.add(running);
    }
  }

  async #ask(o: Parameters<typeof askPastTurn>[1]): Promise<void> {
    const { claim, signal } = o;
    try {
      const end = await askPastTurn(this.deps, o);
      if (!end) return await releaseClaim(this.deps.db, claim, 0);
      const stored = await storeAnswer(this.deps.db, claim, end);
      this.deps.events.replayAsked(stored === 'stored' ? end.status : 'lost');
    } catch (error) {
      if (!signal.aborted)
        this.#logger.warn({ err: error, replayId: claim.replay_id }, 'a turn of a replay could not be asked; it comes again');
      await releaseClaim(this.deps.db, claim, faultPauseMs).catch(() => undefined);
    }
  }

  /** Says that this instance lives, and cuts off what is no longer its own. */
  async #keepClaims(): Promise<void> {
    const { signal } = this.#stop;
    const { leaseMs } = this.deps.settings;
    while (await delay(leaseMs / 3, true, { signal }).catch(() => false)) {
      const held = [...this.#inHand.values()];
      if (held.length === 0) continue;
      try {
        const claims = held.map((one) => one.claim);
        const lost = new Set(await renewClaims(this.deps.db, claims, leaseMs));
        for (const one of held) if (lost.has(one.claim)) one.cutOff.abort();
      } catch (error) {
        this.#logger.warn({ err: error }, 'the turns of replays in hand could not be renewed; trying again');
      }
    }
  }

  async #clearAway(): Promise<void> {
    const { signal } = this.#stop;
    while (await delay(clearEveryMs, true, { signal, ref: false }).catch(() => false)) {
      try {
        const oldest = lowestId('replay', new Date(Date.now() - this.deps.settings.retentionMs));
        while ((await clearReplays(this.deps.db, oldest, 20)) === 20) await delay(50);
      } catch (error) {
        this.#logger.warn({ err: error }, 'old replays could not be cleared away; trying again later');
      }
    }
  }

  /** Begins nothing new, and gives what is under way `graceMs` to end; what does not is given back at once. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    this.#woken.resolve();
    await this.#looping;
    await Promise.race([Promise.allSettled(this.#running), delay(graceMs, undefined, { ref: false })]);
    for (const { cutOff } of this.#inHand.values()) cutOff.abort();
    await Promise.allSettled(this.#running);
  }
}
