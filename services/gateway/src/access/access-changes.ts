import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import { accessChangedSubject } from '@baton/contracts/subjects.ts';

/** An answer waits no longer than this for the other instances to be told: they forget by themselves a little later. */
const tellMs = 250;

/** Makes every gateway forget at once what it remembers of a key, a user or a session that has changed. */
export class AccessChanges {
  readonly #bus: () => Promise<Bus>;
  readonly #told: { forget(id: string): void }[];

  /** `told`: what remembers, in the order in which it is told the id of whatever has changed, here or elsewhere. */
  constructor(bus: () => Promise<Bus>, told: { forget(id: string): void }[]) {
    this.#bus = bus;
    this.#told = told;
  }

  /** Listens on this connection for as long as it lives. */
  follow(bus: Bus): void {
    bus.nc.subscribe(accessChangedSubject, { callback: (error, message) => (error ? undefined : this.#tell(message.string())) });
  }

  /** Call it after the commit, before the answer. Never rejects: without NATS the others are late by up to a second, and no more. */
  async announce(id: string): Promise<void> {
    this.#tell(id);
    try {
      const { nc } = await this.#bus();
      nc.publish(accessChangedSubject, id);
      // Once the server has answered, the message is on its way to the others.
      await Promise.race([nc.flush(), delay(tellMs, undefined, { ref: false })]);
    } catch {
      // Not connected, or the connection has just ended.
    }
  }

  #tell(id: string): void {
    for (const one of this.#told) one.forget(id);
  }
}
