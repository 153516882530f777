import type pg from 'pg';

/** How long a released round trip may take before it counts as waiting for a lock, and another actor is let go. */
const patienceMs = 4;

/**
 * Decides who goes next: every round trip to Postgres of every actor waits at a gate until it is chosen. One that then waits for another's lock does not
 * hold up the rest. The same choices give the same order, as far as locks leave the choice to us.
 */
export class Schedule {
  readonly #choices: readonly number[];
  #taken = 0;
  readonly #waiting = new Map<Actor, () => void>();
  readonly #moving = new Set<Actor>();
  #arrived = Promise.withResolvers<void>();

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  /** Waits until the actor is chosen. */
  async gate(actor: Actor): Promise<void> {
    this.#moving.delete(actor);
    const chosen = new Promise<void>((resolve) => this.#waiting.set(actor, resolve));
    this.#signal();
    await chosen;
  }

  /** Runs the actors to their end, one round trip at a time. Rejects with the first fault of any. */
  async run(actors: ReadonlyMap<Actor, () => Promise<void>>): Promise<void> {
    const faults: unknown[] = [];
    const running = new Set<Actor>(actors.keys());
    for (const [actor, work] of actors) {
      this.#moving.add(actor);
      void work()
        .catch((error: unknown) => faults.push(error))
        .finally(() => {
          running.delete(actor);
          this.#moving.delete(actor);
          this.#signal();
        });
    }
    while (running.size > 0) {
      await this.#settle();
      const ready = [...this.#waiting.keys()];
      const next = ready[(this.#choices[this.#taken++ % this.#choices.length] ?? 0) % Math.max(ready.length, 1)];
      if (!next) continue;
      const go = this.#waiting.get(next)!;
      this.#waiting.delete(next);
      this.#moving.add(next);
      go();
    }
    if (faults.length > 0) throw faults[0];
  }

  /** Until everything that moves has arrived somewhere, or seems to wait for a lock. */
  async #settle(): Promise<void> {
    const until = performance.now() + patienceMs;
    while (this.#moving.size > 0 && (performance.now() < until || this.#waiting.size === 0)) {
      const left = Math.max(until - performance.now(), 1);
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        this.#arrived.promise,
        new Promise((resolve) => {
          timer = setTimeout(resolve, left);
        }),
      ]);
      clearTimeout(timer);
      this.#arrived = Promise.withResolvers<void>();
    }
  }

  #signal(): void {
    this.#arrived.resolve();
  }
}

/** One process of the product, as far as the database sees it. */
export class Actor {
  readonly #schedule: Schedule;
  readonly name: string;
  /** Called as each round trip leaves. */
  leaves: () => void = () => undefined;

  constructor(schedule: Schedule, name: string) {
    this.#schedule = schedule;
    this.name = name;
  }

  async gate(): Promise<void> {
    await this.#schedule.gate(this);
    this.leaves();
  }

  /** The pool as this actor sees it. */
  pool(real: pg.Pool): pg.Pool {
    const connect = async () => gated(this, await real.connect());
    return { connect } as unknown as pg.Pool;
  }
}

/** A round trip tells its own callback, a query of pg's (a rollback) answers with a promise: both wait at the gate first. */
function gated(actor: Actor, client: pg.PoolClient): pg.PoolClient {
  const query = async (what: pg.Submittable | string) => {
    await actor.gate();
    if (typeof what === 'string') return client.query(what);
    client.query(what);
  };
  return { query, release: (error?: Error) => client.release(error) } as unknown as pg.PoolClient;
}
