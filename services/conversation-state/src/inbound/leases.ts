import { setTimeout as delay } from 'node:timers/promises';
import { partitionCount } from '@baton/contracts/subjects.ts';
import { type Step, statement } from '@baton/db/pipeline.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import type pg from 'pg';

/** A partition that this process may work on until somebody else takes it; `lease` counts its holders. */
export interface Lease {
  partition: number;
  lease: number;
}

/** How long a holder that gives no sign of life keeps its partitions. */
export const leaseSeconds = 4;
const renewMs = 1000;

/**
 * Shares the partitions among the live instances: each takes its fair part, lets go of what is too much, and takes over what a dead one held.
 * A lease makes for order and little waste; it is not what keeps things right: every batch proves its lease inside its own transaction.
 */
export class Leases implements AsyncDisposable {
  readonly #pool: pg.Pool;
  readonly #instanceId: string;
  readonly #logger: Logger;
  readonly #changed: (held: Lease[]) => Promise<void>;
  readonly #stop = new AbortController();
  #held: Lease[] = [];
  #running: Promise<void> | undefined;

  constructor(o: { pool: pg.Pool; instanceId: string; logger: Logger; changed(held: Lease[]): Promise<void> }) {
    this.#pool = o.pool;
    this.#instanceId = o.instanceId;
    this.#logger = o.logger;
    this.#changed = o.changed;
  }

  get held(): readonly Lease[] {
    return this.#held;
  }

  start(): void {
    this.#running = this.#loop();
  }

  async #loop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#hold(await this.#rebalance());
      } catch (error) {
        this.#logger.warn({ err: error }, 'partition leases could not be renewed');
      }
      await delay(renewMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #hold(held: Lease[]): Promise<void> {
    const same =
      held.length === this.#held.length &&
      held.every((one, index) => one.partition === this.#held[index]?.partition && one.lease === this.#held[index]?.lease);
    this.#held = held;
    if (same) return;
    this.#logger.info({ partitions: held.map((one) => one.partition) }, 'partitions changed');
    await this.#changed(held);
  }

  /** One statement: sign of life, renewal, release of what is beyond the fair part, taking of what is free. */
  async #rebalance(): Promise<Lease[]> {
    const result = await this.#pool.query<Lease>({
      name: 'rebalance',
      text: rebalance,
      values: [this.#instanceId, leaseSeconds, partitionCount],
    });
    return result.rows.filter((row) => row.partition >= 0).sort((a, b) => a.partition - b.partition);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#held = [];
    await this.#changed([]).catch(() => undefined);
    await this.#pool
      .query('update conversation.partition_lease set instance_id = null, expires_at = now() where instance_id = $1', [this.#instanceId])
      .then(() => this.#pool.query('delete from conversation.instance where instance_id = $1', [this.#instanceId]))
      .catch(() => undefined);
  }
}

// The row locks are waited for, not skipped: whoever skips a row that another instance is just looking at takes its own partition for lost.
const rebalance = `
with me as (
  insert into conversation.instance values ($1, now()) on conflict (instance_id) do update set seen_at = now()
), gone as (
  delete from conversation.instance where seen_at < now() - interval '1 minute' and instance_id <> $1
), fair as (
  select ceil($3::numeric / (1 + count(*)))::int as share from conversation.instance
  where seen_at > now() - make_interval(secs => $2) and instance_id <> $1
), ranked as (
  select partition, lease, instance_id, instance_id is not distinct from $1 as mine,
         instance_id is null or expires_at < now() as free
  from conversation.partition_lease order by partition for update
), kept as (
  select partition, row_number() over (order by partition) as n from ranked where mine
), wanted as (
  select partition, row_number() over (order by partition) as n from ranked where free and not mine
), verdict as (
  select r.partition,
         case when r.mine and k.n <= f.share then 'keep'
              when r.mine then 'release'
              when r.free and w.n <= f.share - (select count(*) from kept) then 'take' end as what
  from ranked r cross join fair f left join kept k using (partition) left join wanted w using (partition)
)
update conversation.partition_lease l
set instance_id = case when v.what = 'release' then null else $1 end,
    expires_at = case when v.what = 'release' then now() else now() + make_interval(secs => $2) end,
    lease = l.lease + case when v.what = 'take' then 1 else 0 end
from verdict v where v.partition = l.partition and v.what is not null
returning case when v.what = 'release' then -1 else l.partition end as partition, l.lease`;

/**
 * Fails the transaction it is part of unless every lease still stands. It takes no lock: should the lease move between this look and the commit, the next
 * holder starts with the same messages, meets their provider ids, and leaves the order as it was.
 */
const proveLeases = statement<unknown>(
  'prove_leases',
  `select conversation.require_rows('partition_lease',
     (select count(*) from conversation.partition_lease l join unnest($1::smallint[], $2::int[]) as r(partition, lease)
      on l.partition = r.partition and l.lease = r.lease), $3)`,
);

export function leaseFence(leases: Lease[]): Step<unknown> {
  return { statement: proveLeases, values: [leases.map((one) => one.partition), leases.map((one) => one.lease), leases.length] };
}
