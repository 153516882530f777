import { inPipeline, statement } from '@baton/db/pipeline.ts';
import type pg from 'pg';
import type { Seen } from '../../domain/webhook/begin.ts';
import type { DeliveryTable } from '../tables.ts';

/** One event on its way to one endpoint, not yet stored. */
export type NewDelivery = Pick<
  DeliveryTable,
  'delivery_id' | 'workspace_id' | 'endpoint_id' | 'event_id' | 'event_type' | 'conversation_id' | 'lane_key' | 'sequence' | 'occurred_at'
>;

export interface NewEvent {
  event_id: string;
  workspace_id: string;
  body: string;
}

interface SeenRow {
  stream_created: string;
  position: number;
  seen_until: Date;
}

/**
 * Who reads EVENTS for all instances: takes it when nobody does (`takenOver`: it was not this one that did last), or goes on; while another does, tells how
 * many ms its lease still has.
 */
export async function holdFanOut(
  pool: pg.Pool,
  o: { holder: string; leaseMs: number },
): Promise<(Seen & { takenOver: boolean }) | { heldForMs: number }> {
  const { rows } = await pool.query<SeenRow & { taken_over: boolean }>({
    name: 'fan_out_hold',
    text: `update delivery.fan_out set holder = $1, leased_until = now() + $2::int * interval '1 ms'
      where holder = $1 or holder is null or leased_until < now() returning stream_created, position, seen_until, old.holder is distinct from $1 as taken_over`,
    values: [o.holder, o.leaseMs],
  });
  const [row] = rows;
  if (row) return { streamCreated: row.stream_created, position: row.position, seenUntil: row.seen_until, takenOver: row.taken_over };
  const other = await pool.query<{ held_for_ms: number }>({
    name: 'fan_out_held_for',
    text: 'select greatest(0, extract(epoch from leased_until - now()) * 1000)::float8 held_for_ms from delivery.fan_out where holder is not null',
  });
  return { heldForMs: other.rows[0]?.held_for_ms ?? 0 };
}

/** Lets another instance begin at once. */
export async function releaseFanOut(pool: pg.Pool, holder: string): Promise<void> {
  await pool.query('update delivery.fan_out set holder = null where holder = $1', [holder]);
}

const save = statement<{ only_row: boolean }>(
  'fan_out_save',
  `update delivery.fan_out set stream_created = $2, position = $3, seen_until = $4, leased_until = now() + $5::int * interval '1 ms'
    where holder = $1 returning only_row`,
);

const storeEvents = statement<unknown>(
  'fan_out_events',
  `insert into delivery.event (event_id, workspace_id, body) select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing`,
);

/**
 * Before the deliveries, as everywhere: whoever moves a lane on locks it first, and its deliveries after it. One that is there already is touched all the same:
 * its lock makes this wait for whoever is about to find it empty and delete it. One that stays empty is found and deleted by the next worker.
 */
const openLanes = statement<unknown>(
  'lanes_open',
  `insert into delivery.lane (endpoint_id, lane_key, workspace_id)
    select endpoint_id, lane_key, min(workspace_id) from unnest($1::text[], $2::text[], $3::text[]) x(endpoint_id, lane_key, workspace_id)
    group by 1, 2 order by 1, 2 on conflict (endpoint_id, lane_key) do update set workspace_id = excluded.workspace_id`,
);

const storing = (onConflict: string) => `
  with made as (
    insert into delivery.delivery (delivery_id, workspace_id, endpoint_id, event_id, event_type, conversation_id, lane_key, sequence, occurred_at)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::timestamptz[])
    ${onConflict} returning endpoint_id)
  select endpoint_id, count(*)::int as deliveries from made group by 1`;

interface Stored {
  endpoint_id: string;
  deliveries: number;
}

const storeNew = statement<Stored>('fan_out_new', storing('on conflict (endpoint_id, event_id) do nothing'));

const storeAgain = statement<Stored>(
  'fan_out_again',
  storing(`on conflict (endpoint_id, event_id) do update set status = 'pending', series_attempts = 0, replays = delivery.delivery.replays + 1,
    next_attempt_at = null, settled_at = null where delivery.delivery.status <> 'pending'`),
);

/** Somebody else reads EVENTS now: what was about to be stored here is stored there. */
export class FanOutLost extends Error {}

/**
 * Stores what a stretch of EVENTS means for the endpoints, and that it has been seen to: in one transaction, and only while the lease is ours. A stretch read
 * twice stores nothing twice. Answers how many deliveries are new, by endpoint.
 */
export async function storeFanOut(
  pool: pg.Pool,
  o: { holder: string; leaseMs: number; seen: Seen; events: NewEvent[]; deliveries: NewDelivery[] },
): Promise<Map<string, number>> {
  const workspaces = new Set(o.deliveries.map((one) => one.workspace_id));
  return inPipeline(pool, workspaces, async (pipeline) => {
    const saving = { statement: save, values: saveValues(o) };
    const [held, , , stored] = await pipeline.run([
      saving,
      eventStep(o.events),
      laneStep(o.deliveries),
      deliveryStep(storeNew, o.deliveries),
    ]);
    if (held.length === 0) throw new FanOutLost('another instance reads EVENTS now');
    await pipeline.commit([]);
    return new Map(stored.map((row) => [row.endpoint_id, row.deliveries]));
  });
}

/** Only that EVENTS has been seen to so far. */
export async function saveFanOut(pool: pg.Pool, o: { holder: string; leaseMs: number; seen: Seen }): Promise<void> {
  const { rowCount } = await pool.query({ name: save.name, text: save.text, values: saveValues(o) });
  if (rowCount === 0) throw new FanOutLost('another instance reads EVENTS now');
}

/** Makes deliveries of events again: those not yet there, and those already settled. Answers how many. */
export async function storeReplay(
  pool: pg.Pool,
  o: { workspaceId: string; events: NewEvent[]; deliveries: NewDelivery[] },
): Promise<number> {
  return inPipeline(pool, [o.workspaceId], async (pipeline) => {
    const [, , stored] = await pipeline.commit([eventStep(o.events), laneStep(o.deliveries), deliveryStep(storeAgain, o.deliveries)]);
    return stored.reduce((sum, row) => sum + row.deliveries, 0);
  });
}

function saveValues(o: { holder: string; leaseMs: number; seen: Seen }): unknown[] {
  return [o.holder, o.seen.streamCreated, o.seen.position, o.seen.seenUntil, o.leaseMs];
}

function eventStep(events: NewEvent[]) {
  const column = <K extends keyof NewEvent>(name: K) => events.map((one) => one[name]);
  return { statement: storeEvents, values: [column('event_id'), column('workspace_id'), column('body')] };
}

function laneStep(deliveries: NewDelivery[]) {
  const names = ['endpoint_id', 'lane_key', 'workspace_id'] as const;
  return { statement: openLanes, values: names.map((name) => deliveries.map((one) => one[name])) };
}

function deliveryStep(how: typeof storeNew, deliveries: NewDelivery[]) {
  const names = [
    'delivery_id',
    'workspace_id',
    'endpoint_id',
    'event_id',
    'event_type',
    'conversation_id',
    'lane_key',
    'sequence',
    'occurred_at',
  ] as const;
  return { statement: how, values: names.map((name) => deliveries.map((one) => one[name])) };
}
