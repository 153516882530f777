import { readWorkspace } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

export interface EndpointHealthRow {
  endpoint_id: string;
  description: string;
  enabled: boolean;
  disabled_reason: string | null;
  failing_since: Date | null;
  pending: number;
  oldest_pending_at: Date | null;
  dead: number;
}

/** Counting stops there: an endpoint that has been away for a day must not make looking at it dear. */
export const mostPending = 10_000;
export const mostDead = 1000;

/** Each endpoint's backlog by the index of what waits, its dead by that of what is dead. */
export function webhookHealth(
  db: Kysely<Tables>,
  workspaceId: string,
): Promise<{ endpoints: EndpointHealthRow[]; openDeadLetters: number }> {
  return readWorkspace(db, workspaceId, async (trx) => {
    const { rows: endpoints } = await sql<EndpointHealthRow>`
      select e.endpoint_id, e.description, e.enabled, e.disabled_reason, e.failing_since, p.pending, p.oldest_pending_at, coalesce(d.dead, 0) as dead
      from delivery.endpoint e
      cross join lateral (
        select count(*)::int as pending, min(w.occurred_at) as oldest_pending_at from (
          select occurred_at from delivery.delivery where endpoint_id = e.endpoint_id and status = 'pending' limit ${mostPending}) w) p
      left join (
        select x.endpoint_id, count(*)::int as dead from (
          select endpoint_id from delivery.delivery where workspace_id = ${workspaceId} and status = 'dead'
            and (dropped_at is null or dropped_at < settled_at) order by delivery_id desc limit ${mostDead}) x
        group by x.endpoint_id) d on d.endpoint_id = e.endpoint_id
      where e.workspace_id = ${workspaceId} and e.deleted_at is null order by e.endpoint_id desc`.execute(trx);
    const letters = trx
      .selectFrom('delivery.dead_letter')
      .select('dead_letter_id')
      .where('workspace_id', '=', workspaceId)
      .where('state', '=', 'open')
      .limit(mostDead);
    const { n } = await trx.selectFrom(letters.as('open')).select(sql<number>`count(*)::int`.as('n')).executeTakeFirstOrThrow();
    return { endpoints, openDeadLetters: n };
  });
}
