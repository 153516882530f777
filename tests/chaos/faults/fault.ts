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

/** A pause that the end of the run cuts short. */
export async function pause(scene: Scene, ms: number): Promise<void> {
  await delay(ms, undefined, { signal: scene.over }).catch(() => undefined);
}
