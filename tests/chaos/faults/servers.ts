import { alone, type Fault, pause } from './fault.ts';

/** kill -9 of a server and its return after a while, with what it had stored. */
function outageOf(name: 'nats' | 'postgres'): Fault {
  return {
    name: `kill-${name}`,
    what: `kill -9 of ${name === 'nats' ? 'nats-server' : 'Postgres'}, away for up to 4 s`,
    strike: async (scene, dice) => {
      const server = scene.running.stack[name];
      if (!server) throw new Error(`${name} is not ours to kill`);
      const ms = dice.whole(200, 4_000);
      scene.say(`kill -9 ${name}, back in ${ms} ms`);
      await alone(server, async () => {
        await server.kill9();
        await pause(scene, ms);
        await server.restart();
      });
    },
  };
}

export const serverFaults: Fault[] = [outageOf('nats'), outageOf('postgres')];
