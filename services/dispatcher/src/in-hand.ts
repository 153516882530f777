import type { Outcome } from '@baton/bus/settle.ts';

/**
 * The turns or sends this instance is working on. A signal that comes a second time meanwhile (its sign of life was late, or two signals mean the same work)
 * shares the fate of the first: put back, it could reach another instance as "redelivered" and start the same work beside this one.
 */
export class InHand {
  readonly #running = new Map<string, Promise<Outcome>>();

  run(id: string, work: () => Promise<Outcome>): Promise<Outcome> {
    const running = this.#running.get(id);
    if (running) return running;
    const started = work().finally(() => this.#running.delete(id));
    this.#running.set(id, started);
    return started;
  }
}
