import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type KillPoint, killPoints } from '@baton/runtime/kill-point.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import type { Dice } from '../dice.ts';
import type { Scene } from '../scene.ts';
import { type Fault, pause } from './fault.ts';

/** A process dies at this place, the next time but a few that it passes it. Rejects when none has passed it for so long. */
export async function dieAt(scene: Scene, point: KillPoint, nth: number, patienceMs: number): Promise<void> {
  scene.say(`die at ${point}, time ${nth}`);
  const before = starts(scene);
  write(scene, `${point}@${nth} SIGKILL`);
  await eventually(() => starts(scene) > before, Boolean, { timeoutMs: patienceMs, what: `a death at ${point}` });
}

const anyPoint: Fault = {
  name: 'kill-points',
  what: `a process dies at one of ${killPoints.length} named places: before and after every commit, publication, acknowledgement and call`,
  strike: async (scene, dice: Dice) => {
    // Among other faults, or in so short a time, not every place is passed.
    await dieAt(scene, dice.pick(killPoints), dice.whole(1, 5), 15_000).catch(() => rmSync(scene.killPointFile, { force: true }));
    await pause(scene, dice.whole(200, 1_500));
  },
};

/** A process is frozen where it stands, and wakes up into another world. */
function freezeAt(name: string, what: string, points: readonly KillPoint[]): Fault {
  return {
    name,
    what: `a process is frozen ${what}, for up to 13 s`,
    strike: async (scene, dice) => {
      const point = dice.pick(points);
      const ms = dice.once(3) ? 13_000 : dice.whole(500, 4_000);
      scene.say(`freeze at ${point} for ${ms} ms`);
      write(scene, `${point}@${dice.whole(1, 5)} SIGSTOP`);
      await eventually(() => scene.over.aborted || !existsSync(scene.killPointFile), Boolean, { timeoutMs: 15_000 }).catch(() => undefined);
      await pause(scene, ms);
      rmSync(scene.killPointFile, { force: true });
      for (const service of scene.running.stack.services) if (service.running) service.kill('SIGCONT');
    },
  };
}

/** Whole at once: nobody may read half of it. */
function write({ killPointFile }: Scene, text: string): void {
  writeFileSync(`${killPointFile}.new`, text);
  renameSync(`${killPointFile}.new`, killPointFile);
}

function starts({ running }: Scene): number {
  return running.stack.services.reduce((sum, service) => sum + service.starts, 0);
}

export const killPointFaults: Fault[] = [
  anyPoint,
  freezeAt('freeze-sends', 'between the claim of a message and the call to the provider', [
    'provider.before_call',
    'reply.after_commit',
    'claim.after_commit',
  ]),
  freezeAt('freeze-replies', 'between the look at the fence and the commit of a reply', ['reply.before_commit']),
  freezeAt('freeze-commits', 'between what it has read and its commit', [
    'reply.before_commit',
    'claim.before_commit',
    'result.before_commit',
    'command.before_commit',
  ]),
  freezeAt('freeze-points', 'at any named place', killPoints),
];
