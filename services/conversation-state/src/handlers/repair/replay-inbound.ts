import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import type { ReplayInboundProgress, ReplayInboundRequest } from '@baton/contracts/gen/baton/operations/v1/repair.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { Outlet } from '@baton/rpc/stream.ts';
import { type Held, heldIn, rangeOf, readAgain } from '../../inbound/backlog-range.ts';

const lookEveryMs = 500;

/**
 * ReplayInbound. What has been taken leaves INBOUND within seconds, so there is little but what was not: it is read again in order, through the way of every message, and
 * what was taken after all is known by its provider's id. Ends when none of it is left; the caller decides how long to wait.
 */
export async function handleReplayInbound(
  { bus }: { bus: Bus },
  request: ReplayInboundRequest,
  outlet: Outlet<ReplayInboundProgress>,
): Promise<void> {
  const { since, until, fromSequence, toSequence } = request;
  if (since && until && since > until) throw invalidField('until', 'lies before since');
  const range = await rangeOf(bus, {
    ...(since && { since }),
    ...(until && { until }),
    ...(fromSequence > 0n && { from: Number(fromSequence) }),
    ...(toSequence > 0n && { to: Number(toSequence) }),
  });
  const held = await heldIn(bus, range, outlet.signal);
  await outlet.send(progress(held, held.messages));
  if (request.dryRun || held.messages === 0) return;
  await Promise.all([...held.partitions.keys()].map((partition) => readAgain(bus, partition)));
  for (;;) {
    await delay(lookEveryMs, undefined, { signal: outlet.signal });
    const { messages: left } = await heldIn(bus, range, outlet.signal);
    await outlet.send(progress(held, left));
    if (left === 0) return;
  }
}

function progress(held: Held, left: number): ReplayInboundProgress {
  return {
    messages: held.messages,
    left,
    firstSequence: BigInt(held.first?.seq ?? 0),
    lastSequence: BigInt(held.last?.seq ?? 0),
    firstStoredAt: held.first?.time,
    lastStoredAt: held.last?.time,
    partitions: [...held.partitions.keys()].sort((a, b) => a - b),
  };
}
