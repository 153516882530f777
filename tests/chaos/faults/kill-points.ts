import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type KillPoint, killPoints } from '@baton/runtime/kill-point.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import type { Dice } from '../dice.ts';
import type { Scene } from '../scene.ts';
import { type Fault, pause } from './fault.ts';

/** A process dies at this place, the next time but a few that it passes it. */
export async function dieAt(scene: Scene, point: KillPoint, nth: number): Promise<void> {
  scene.say(`die at ${point}, time ${nth}`);
  const before = starts(scene);
  write(scene, `${point}@${nth} SIGKILL`);
  await eventually(() => starts(scene) > before, Boolean, { timeoutMs: 15_000, what: `a death at ${point}` }).catch((error: Error) => {
    if (!scene.over.aborted) scene.wrong.push(error.message);
  });
}

const anyPoint: Fault = {
  name: 'kill-points',
  what: `a process dies at one of ${killPoints.length} named places: before and after every commit, publication, acknowledgement and call`,
  strike: async (scene, dice: Dice) => {
    await dieAt(scene, dice.pick(killPoints), dice.whole(1, 5));
    await pause(scene, dice.whole(200, 1_500));
  },
};

const freezeThere: Fault = {
  name: 'freeze-points',
  what: 'a process is frozen at one of these places for up to 13 s, mostly between a claim and the call to the provider, and wakes up into another world',
  strike: async (scene, dice) => {
    const point = dice.once(2) ? dice.pick(killPoints) : 'provider.before_call';
    const ms = dice.once(3) ? 13_000 : dice.whole(500, 4_000);
    scene.say(`freeze at ${point} for ${ms} ms`);
    write(scene, `${point}@${dice.whole(1, 5)} SIGSTOP`);
    await eventually(() => scene.over.aborted || !existsSync(scene.killPointFile), Boolean, { timeoutMs: 15_000 }).catch(() => undefined);
    await pause(scene, ms);
    rmSync(scene.killPointFile, { force: true });
    for (const service of scene.running.stack.services) if (service.running) service.kill('SIGCONT');
  },
};

/** Whole at once: nobody may read half of it. */
function write({ killPointFile }: Scene, text: string): void {
  writeFileSync(`${killPointFile}.new`, text);
  renameSync(`${killPointFile}.new`, killPointFile);
}

function starts({ running }: Scene): number {
  return running.stack.services.reduce((sum, service) => sum + service.starts, 0);
}

export const killPointFaults: Fault[] = [anyPoint, freezeThere];
