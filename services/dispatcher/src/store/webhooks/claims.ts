import { inPipeline, statement } from '@baton/db/pipeline.ts';
import type pg from 'pg';

/** What a worker asks of one endpoint. */
export interface Wanted {
  endpointId: string;
  workspaceId: string;
  /** At most so many conversations. */
  places: number;
  leaseMs: number;
}

/** The delivery at the head of a lane, which is ours until the lease ends. */
export interface Claimed {
  delivery_id: string;
  workspace_id: string;
  endpoint_id: string;
  lane_key: string;
  event_type: string;
  once: boolean;
  attempts: number;
  series_attempts: number;
  body: string;
}

interface Lane {
  endpoint_id: string;
  lane_key: string;
}

const takeLanes = statement<Lane>(
  'lanes_take',
  `with due as (
    select l.endpoint_id, l.lane_key, w.lease_ms from unnest($1::text[], $2::int[], $3::int[]) w(endpoint_id, places, lease_ms)
    cross join lateral (select * from delivery.lane l where l.endpoint_id = w.endpoint_id and l.due_at <= now()
      order by l.due_at limit w.places for update skip locked) l)
  update delivery.lane l set due_at = now() + due.lease_ms * interval '1 ms', lease_id = $4 from due
    where l.endpoint_id = due.endpoint_id and l.lane_key = due.lane_key returning l.endpoint_id, l.lane_key`,
);

// A statement of its own after the lanes are locked: one that locks and looks sees the heads of before it waited.
const heads = statement<Claimed>(
  'lanes_heads',
  `select d.delivery_id, d.workspace_id, d.endpoint_id, d.lane_key, d.event_type, d.once, d.attempts, d.series_attempts, e.body
    from unnest($1::text[], $2::text[]) l(endpoint_id, lane_key)
    cross join lateral (select * from delivery.delivery d where d.endpoint_id = l.endpoint_id and d.lane_key = l.lane_key and d.status = 'pending'
      order by d.sequence, d.delivery_id limit 1) d
    join delivery.event e on e.event_id = d.event_id`,
);

const due = statement<{ endpoint_id: string; due_in_ms: number | null }>('lanes_due', 'select * from delivery.due($1::text[])');

/** Frees lanes that turned out to hold nothing. */
const drop = statement<unknown>(
  'lanes_drop',
  `delete from delivery.lane l using unnest($1::text[], $2::text[]) x(endpoint_id, lane_key) where l.endpoint_id = x.endpoint_id and l.lane_key = x.lane_key`,
);

export interface Claims {
  claimed: Claimed[];
  /** When each of the endpoints has something due next, in ms from now; undefined: nothing waits. */
  dueInMs: Map<string, number | undefined>;
}

/** Takes the heads of lanes that are due, the longest due first, for all endpoints in one go. Two that ask at once get different ones. */
export async function claimDue(pool: pg.Pool, wanted: Wanted[], leaseId: string): Promise<Claims> {
  const workspaces = new Set(wanted.map((one) => one.workspaceId));
  const ids = wanted.map((one) => one.endpointId);
  return inPipeline(pool, workspaces, async (pipeline) => {
    const values = [ids, wanted.map((one) => one.places), wanted.map((one) => one.leaseMs), leaseId];
    const [lanes] = await pipeline.run([{ statement: takeLanes, values }]);
    const [claimed, next] = await pipeline.run([
      { statement: heads, values: columns(lanes) },
      { statement: due, values: [ids] },
    ]);
    const found = new Set(claimed.map((one) => `${one.endpoint_id} ${one.lane_key}`));
    const empty = lanes.filter((lane) => !found.has(`${lane.endpoint_id} ${lane.lane_key}`));
    await pipeline.commit(empty.length > 0 ? [{ statement: drop, values: columns(empty) }] : []);
    return { claimed, dueInMs: dueTimes(next) };
  });
}

/** When endpoints have something due, for those that nobody told us of. */
export async function dueOf(pool: pg.Pool, endpointIds: string[]): Promise<Claims['dueInMs']> {
  const { rows } = await pool.query<{ endpoint_id: string; due_in_ms: number | null }>({
    name: due.name,
    text: due.text,
    values: [endpointIds],
  });
  return dueTimes(rows);
}

function dueTimes(rows: { endpoint_id: string; due_in_ms: number | null }[]): Claims['dueInMs'] {
  return new Map(rows.map((row) => [row.endpoint_id, row.due_in_ms ?? undefined]));
}

function columns(lanes: Lane[]): [string[], string[]] {
  return [lanes.map((lane) => lane.endpoint_id), lanes.map((lane) => lane.lane_key)];
}

/** Gives one back that was not sent after all, for whoever comes next. */
export async function releaseClaim(pool: pg.Pool, claim: Claimed, leaseId: string): Promise<void> {
  await inPipeline(pool, [claim.workspace_id], (pipeline) =>
    pipeline.commit([{ statement: release, values: [claim.endpoint_id, claim.lane_key, leaseId] }]),
  );
}

const release = statement<unknown>(
  'lanes_release',
  `update delivery.lane set due_at = now(), lease_id = null where endpoint_id = $1 and lane_key = $2 and lease_id = $3`,
);

/** What came of one attempt. */
export interface Result {
  claim: Claimed;
  leaseId: string;
  startedAt: Date;
  durationMs: number;
  url: string;
  status: number | null;
  error: string | null;
  answer: string;
  next: { status: 'delivered' | 'dead' } | { status: 'pending'; inMs: number };
}

const lockLanes = statement<Lane & { lease_id: string }>(
  'lanes_lock',
  `select l.endpoint_id, l.lane_key, l.lease_id from unnest($1::text[], $2::text[], $3::text[]) x(endpoint_id, lane_key, lease_id)
    join delivery.lane l on l.endpoint_id = x.endpoint_id and l.lane_key = x.lane_key and l.lease_id = x.lease_id
    order by l.endpoint_id, l.lane_key for update of l`,
);

// Not of a delivery that was cleared away meanwhile: nothing would ever clear those.
const storeAttempts = statement<unknown>(
  'attempts_store',
  `insert into delivery.attempt (delivery_id, number, workspace_id, started_at, duration_ms, url, status, error, answer)
    select x.* from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[], $5::int[], $6::text[], $7::int[], $8::text[], $9::text[])
        x(delivery_id, number, workspace_id, started_at, duration_ms, url, status, error, answer)
      where exists (select from delivery.delivery d where d.delivery_id = x.delivery_id) on conflict do nothing`,
);

const settle = statement<unknown>(
  'deliveries_settle',
  `update delivery.delivery d set status = x.status, attempts = d.attempts + 1, series_attempts = d.series_attempts + 1, last_status = x.last_status,
      last_error = x.error, next_attempt_at = now() + x.in_ms * interval '1 ms', settled_at = case when x.status = 'pending' then null else now() end
    from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::float8[]) x(delivery_id, status, last_status, error, in_ms)
    where d.delivery_id = x.delivery_id`,
);

const leaveEmpty = statement<unknown>(
  'lanes_leave_empty',
  `delete from delivery.lane l using unnest($1::text[], $2::text[]) x(endpoint_id, lane_key)
    where l.endpoint_id = x.endpoint_id and l.lane_key = x.lane_key and not exists
      (select from delivery.delivery d where d.endpoint_id = l.endpoint_id and d.lane_key = l.lane_key and d.status = 'pending')`,
);

const leave = statement<{ endpoint_id: string }>(
  'lanes_leave',
  `update delivery.lane l set due_at = now() + x.in_ms * interval '1 ms', lease_id = null
    from unnest($1::text[], $2::text[], $3::float8[]) x(endpoint_id, lane_key, in_ms)
    where l.endpoint_id = x.endpoint_id and l.lane_key = x.lane_key returning l.endpoint_id`,
);

/**
 * Writes attempts down and moves their lanes on. A lane whose lease has ended belongs to somebody else by now: the attempt is kept, and decides nothing.
 * Answers which endpoints have more to do.
 */
export async function storeResults(pool: pg.Pool, results: Result[]): Promise<Set<string>> {
  const workspaces = new Set(results.map(({ claim }) => claim.workspace_id));
  return inPipeline(pool, workspaces, async (pipeline) => {
    const asked = [
      results.map(({ claim }) => claim.endpoint_id),
      results.map(({ claim }) => claim.lane_key),
      results.map((one) => one.leaseId),
    ];
    const [locked] = await pipeline.run([{ statement: lockLanes, values: asked }]);
    const mine = new Set(locked.map((lane) => `${lane.endpoint_id} ${lane.lane_key} ${lane.lease_id}`));
    const owned = results.filter(({ claim, leaseId }) => mine.has(`${claim.endpoint_id} ${claim.lane_key} ${leaseId}`));
    const lanes = columns(owned.map(({ claim }) => claim));
    const [, , , left] = await pipeline.commit([
      { statement: storeAttempts, values: attemptColumns(results) },
      { statement: settle, values: settleColumns(owned) },
      { statement: leaveEmpty, values: lanes },
      { statement: leave, values: [...lanes, owned.map(({ next }) => (next.status === 'pending' ? next.inMs : 0))] },
    ]);
    return new Set(left.map((lane) => lane.endpoint_id));
  });
}

function attemptColumns(results: Result[]): unknown[][] {
  return [
    results.map(({ claim }) => claim.delivery_id),
    results.map(({ claim }) => claim.attempts + 1),
    results.map(({ claim }) => claim.workspace_id),
    results.map((one) => one.startedAt),
    results.map((one) => one.durationMs),
    results.map((one) => one.url),
    results.map((one) => one.status),
    results.map((one) => one.error),
    results.map((one) => one.answer),
  ];
}

function settleColumns(owned: Result[]): unknown[][] {
  return [
    owned.map(({ claim }) => claim.delivery_id),
    owned.map(({ next }) => next.status),
    owned.map((one) => one.status),
    owned.map((one) => one.error),
    owned.map(({ next }) => (next.status === 'pending' ? next.inMs : null)),
  ];
}
