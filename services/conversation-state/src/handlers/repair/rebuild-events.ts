import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import type { RebuildEventsProgress, RebuildEventsRequest } from '@baton/contracts/gen/baton/operations/v1/repair.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { Outlet } from '@baton/rpc/stream.ts';
import type pg from 'pg';
import { type EventsStream, keptDays } from '../../outbox/events-stream.ts';
import { missingEvents, publishAgain } from '../../outbox/missing-events.ts';

const keptMs = keptDays * 86_400_000;

export interface RebuildDeps {
  bus: Bus;
  systemPool: pg.Pool;
  stream: Pick<EventsStream, 'lookNow'>;
}

/** RebuildEvents, one at a time in all instances. */
export async function handleRebuildEvents(
  deps: RebuildDeps,
  request: RebuildEventsRequest,
  outlet: Outlet<RebuildEventsProgress>,
): Promise<void> {
  const client = await deps.systemPool.connect();
  try {
    const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(hashtext('baton.rebuild_events')) as mine`);
    if (!rows[0]?.mine) throw new BatonError('conflict', 'EVENTS is being rebuilt already.');
    await rebuild(deps, request, outlet);
  } finally {
    // The lock ends with its connection.
    client.release(true);
  }
}

/**
 * A stream that was lost is found out at once, and filled by the outbox as it would be by itself; then whatever else of the log is not in EVENTS is
 * published into it.
 */
async function rebuild(deps: RebuildDeps, request: RebuildEventsRequest, outlet: Outlet<RebuildEventsProgress>): Promise<void> {
  const now = new Date();
  const oldest = new Date(now.getTime() - keptMs);
  const since = request.since ?? oldest;
  if (since > now) throw invalidField('since', 'lies in the future');
  const streamWasLost = request.dryRun ? false : await refilled(deps, outlet);
  let events = 0;
  let done = 0;
  // What is older than the stream keeps would be dropped by it at once.
  const asked = { since: since < oldest ? oldest : since, now, signal: outlet.signal };
  for await (const missing of missingEvents({ bus: deps.bus, pool: deps.systemPool }, asked)) {
    events += missing.length;
    if (!request.dryRun) {
      await publishAgain(deps.bus, missing);
      done += missing.length;
    }
    await outlet.send({ events, left: events - done, streamWasLost });
  }
  await outlet.send({ events, left: events - done, streamWasLost });
}

/** Whether the stream was another one than the events had been published to; then all that belongs into it is published when this resolves. */
async function refilled({ systemPool, stream }: RebuildDeps, outlet: Outlet<RebuildEventsProgress>): Promise<boolean> {
  const { rows } = await systemPool.query<{ created: string }>('select created from conversation.events_stream');
  const { created } = await stream.lookNow();
  for (let most = 0; ; ) {
    const waiting = await systemPool.query<{ left: number }>('select count(*)::int as left from conversation.outbox where again');
    const { left } = waiting.rows[0]!;
    if (left === 0) return created !== rows[0]?.created;
    most = Math.max(most, left);
    await outlet.send({ events: most, left, streamWasLost: true });
    await delay(500, undefined, { signal: outlet.signal });
  }
}
