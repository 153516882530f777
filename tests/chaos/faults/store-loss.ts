import { rmSync } from 'node:fs';
import { alone, type Fault, pause } from './fault.ts';

/** What INBOUND held and nobody had read yet is gone then, and nothing can bring it back: so this one strikes only where it is asked for by name. */
export const storeLoss: Fault = {
  name: 'nats-store',
  what: 'kill -9 of nats-server, which comes back without anything that it had stored (by name only: INBOUND may lose)',
  byNameOnly: true,
  strike: async (scene, dice) => {
    const { nats } = scene.running.stack;
    if (!nats) throw new Error('nats is not ours to kill');
    await pause(scene, dice.whole(2_000, 6_000));
    if (scene.over.aborted) return;
    scene.say('NATS loses its store');
    await alone(nats, async () => {
      await nats.kill9();
      scene.storeLostAt.push(Date.now());
      rmSync(nats.storeDir, { recursive: true, force: true });
      await nats.restart();
    });
    await pause(scene, dice.whole(4_000, 8_000));
  },
};
