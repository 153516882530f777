import { setTimeout as delay } from 'node:timers/promises';
import { lowestId } from '@baton/contracts/ids.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { clearOld } from '../store/webhooks/deliveries.ts';
import type { WebhookDeps } from './deps.ts';

const everyMs = 600_000;
const most = 1000;
/** A replay may have made a delivery of an event as old as EVENTS reaches back. */
const eventsLongerMs = 8 * 86_400_000;

/** Clears away what is older than the retention, and what belonged to deleted endpoints: a little at a time, so that nothing else waits for it. */
export async function sweep(deps: Pick<WebhookDeps, 'db' | 'settings'>, now: Date, signal: AbortSignal): Promise<number> {
  const before = now.getTime() - deps.settings.retentionMs;
  const older = { delivery: lowestId('delivery', new Date(before)), event: lowestId('event', new Date(before - eventsLongerMs)) };
  let gone = 0;
  for (;;) {
    const some = await clearOld(deps.db, { ...older, most });
    gone += some;
    if (some < most || signal.aborted) return gone;
    await delay(50, undefined, { signal });
  }
}

export function startSweeper(deps: Pick<WebhookDeps, 'db' | 'settings'>, logger: Logger): Disposable {
  const stop = new AbortController();
  const run = () =>
    sweep(deps, new Date(), stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) logger.warn({ err: error }, 'old deliveries could not be cleared away; trying again later');
    });
  const timer = setInterval(run, everyMs).unref();
  return {
    [Symbol.dispose]() {
      stop.abort();
      clearInterval(timer);
    },
  };
}
