import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../api.ts';
import { SseReader } from './sse.ts';

export type RestlessReader = AsyncDisposable & {
  /** All data frames of all connections, in the order they came. */
  frames: Json[];
  /** Connections that were answered, so far. */
  connections(): number;
  /** Connections that were refused or cut, so far. */
  failures(): number;
};

/**
 * Follows a stream as a phone on a train would: every `everyMs` the connection is given up and a new one goes on with `Last-Event-ID`, on
 * the next instance. Answers once there is a position to go on from: what happens from then on it must see.
 */
export async function followRestlessly(urls: string[], key: string, everyMs = 200): Promise<RestlessReader> {
  const frames: Json[] = [];
  const stop = new AbortController();
  let position: string | undefined;
  let [connections, failures] = [0, 0];
  const placed = Promise.withResolvers<void>();
  const follow = async (): Promise<void> => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      try {
        await using reader = await SseReader.open(urls[turn % urls.length] ?? '', {
          key,
          ...(position === undefined ? {} : { lastEventId: position }),
        });
        connections += 1;
        const ended = reader.ended.then(() => 'cut');
        if ((await Promise.race([ended, wait(everyMs, 'given up')])) === 'cut') failures += 1;
        frames.push(...reader.frames.map(({ data }) => data));
        position = reader.lastEventId ?? position;
        if (position !== undefined) placed.resolve();
      } catch {
        failures += 1;
        await wait(20);
      }
    }
  };
  const following = follow();
  await placed.promise;
  return {
    frames,
    connections: () => connections,
    failures: () => failures,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await following;
    },
  };
}
