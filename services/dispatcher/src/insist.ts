import { setTimeout as delay } from 'node:timers/promises';
import { fullJitter } from './domain/retry-schedule.ts';
import { isUnreachable } from './turn-client.ts';

/** Runs `work` until it gets through; throws when it fails for another reason than a dead connection for the `refusals`-th time, or the service stops. */
export type Insist = <T>(work: () => Promise<T>) => Promise<T>;

const refusals = 5;

/**
 * For results that exist only in this process (an AI's answer, a provider's): letting go of one would mean asking the AI again, or not knowing what the
 * customer got. Nothing else could be done meanwhile anyway: every step needs the same service.
 */
export function insistUntil(stopping: AbortSignal): Insist {
  return async (work) => {
    let refused = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!isUnreachable(error)) refused++;
        if (stopping.aborted || refused >= refusals) throw error;
      }
      await delay(50 + fullJitter(attempt, 100, 5000, Math.random()), undefined, { signal: stopping });
    }
  };
}
