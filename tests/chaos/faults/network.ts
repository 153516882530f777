import { weathers } from '../network/flaky-link.ts';
import type { LinkName } from '../scene.ts';
import { type Fault, pause } from './fault.ts';

function badLink(link: LinkName): Fault {
  return {
    name: `network-${link}`,
    what: `the connections to ${link} black-holed, half-open, slow, in single bytes or reset, for up to 8 s`,
    strike: async (scene, dice) => {
      const proxies = scene.links.get(link) ?? [];
      // One of several instances, or the way to all of them.
      const hit = dice.once(2) ? proxies : [dice.pick(proxies)];
      const weather = dice.pick(weathers);
      const ms = dice.whole(500, 8_000);
      scene.say(`${link}: ${weather} for ${ms} ms`);
      for (const proxy of hit) proxy.weather(weather);
      try {
        await pause(scene, ms);
      } finally {
        for (const proxy of hit) proxy.weather('clear');
      }
    },
  };
}

export const networkFaults: Fault[] = (['nats', 'postgres', 'conversation-state', 'dispatcher'] as const).map(badLink);
