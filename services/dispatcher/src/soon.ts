import { setTimeout as delay } from 'node:timers/promises';

/** An account made a moment ago may be known to conversation-state before its entry arrives here: look again for a while before saying no. */
export async function soon<T>(look: () => T | undefined, patienceMs = 3000): Promise<T | undefined> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = look();
    if (found !== undefined || performance.now() >= end) return found;
    await delay(50);
  }
}
