import { SERVICES, type ServiceName } from '@baton/launcher/stack/names.ts';
import type { ServiceProcess } from '@baton/launcher/stack/service.ts';
import type { Dice } from '../dice.ts';
import type { Scene } from '../scene.ts';
import { type Fault, pause } from './fault.ts';

/** kill -9 of one instance; it is started again as in an installation. */
function killOf(name: ServiceName): Fault {
  return {
    name: `kill-${name}`,
    what: `kill -9 of an instance of ${name}`,
    strike: async (scene, dice) => {
      const victim = dice.pick(scene.running.stack.of(name));
      scene.say(`kill -9 ${victim.label}`);
      victim.kill('SIGKILL');
      await pause(scene, dice.whole(300, 2_000));
    },
  };
}

/** Longer than any acknowledgement is waited for (10 s): its messages go to the other instance while it still holds them. */
const longest = 13_000;

function freezeOf(name: ServiceName): Fault {
  return {
    name: `freeze-${name}`,
    what: `SIGSTOP of an instance of ${name} for up to ${longest / 1000} s, then SIGCONT`,
    strike: (scene, dice) => freeze(scene, dice.pick(scene.running.stack.of(name)), dice),
  };
}

async function freeze(scene: Scene, victim: ServiceProcess, dice: Dice): Promise<void> {
  const ms = dice.once(3) ? longest : dice.whole(500, 5_000);
  scene.say(`freeze ${victim.label} for ${ms} ms`);
  const { pid } = victim;
  if (pid === 0 || !victim.running) return;
  victim.kill('SIGSTOP');
  try {
    await pause(scene, ms);
  } finally {
    // Another process may have its place by now, if somebody killed it meanwhile: continuing that one does no harm.
    victim.kill('SIGCONT');
  }
}

export const processFaults: Fault[] = [...SERVICES.map(killOf), ...SERVICES.map(freezeOf)];
