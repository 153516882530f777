import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from '../dice.ts';
import type { Scene } from '../scene.ts';

export interface Fault {
  name: string;
  /** What it does, for `--help` and the table. */
  what: string;
  /** Not one of those that strike where none is named. */
  byNameOnly?: true;
  /** Strikes once and heals; resolves when it is over. */
  strike(scene: Scene, dice: Dice): Promise<void>;
}

const struck = new WeakMap<object, Promise<void>>();

/** One fault at a time brings a server down and up again: two that start it at once would be in each other's way, and it would not come up at all. */
export async function alone(server: object, strike: () => Promise<void>): Promise<void> {
  for (let other = struck.get(server); other; other = struck.get(server)) await other.catch(() => undefined);
  const striking = strike().finally(() => struck.delete(server));
  struck.set(server, striking);
  await striking;
}

/** A pause that the end of the run cuts short. */
export async function pause(scene: Scene, ms: number): Promise<void> {
  await delay(ms, undefined, { signal: scene.over }).catch(() => undefined);
}
