import type { GetTrafficRequest, Traffic } from '@baton/contracts/gen/baton/operations/v1/traffic.ts';
import { figuresOf, minuteOf } from '../../domain/traffic/figures.ts';
import type { Store } from '../../store/store.ts';
import { readTraffic } from '../../traffic/read-traffic.ts';

const longest = 1440;

export async function handleGetTraffic({ store }: { store: Store }, request: GetTrafficRequest): Promise<Traffic> {
  const at = { now: store.now(), minutes: Math.min(Math.max(request.minutes, 1), longest) };
  const { rows, openDeadLetters } = await readTraffic(store, request.workspaceId, at);
  const { minutes, total, outcomes } = figuresOf(rows, at);
  return { minutes, total: { at: minutes[0]?.at ?? minuteOf(at.now), ...total }, outcomes, openDeadLetters };
}
