import { readWorkspace } from '@baton/db/scope.ts';
import { sql } from 'kysely';
import type { AccountTrafficRow } from '../domain/rows.ts';
import { minuteMs, minuteOf, type TrafficRow } from '../domain/traffic/figures.ts';
import type { Store } from '../store/store.ts';

const shownDeadLetters = 1000;

/** At most a few rows a minute, whatever went through in it. */
export function readTraffic(
  store: Store,
  workspaceId: string,
  o: { now: Date; minutes: number },
): Promise<{ rows: TrafficRow[]; openDeadLetters: number }> {
  return readWorkspace(store.db, workspaceId, async (trx) => {
    const rows = await trx
      .selectFrom('conversation.traffic')
      .select(['minute', 'what', 'count'])
      .where('workspace_id', '=', workspaceId)
      .where('minute', '>', new Date(minuteOf(o.now).getTime() - o.minutes * minuteMs))
      .execute();
    const letters = trx
      .selectFrom('conversation.dead_letter')
      .select('dead_letter_id')
      .where('workspace_id', '=', workspaceId)
      .where('state', '=', 'open')
      .limit(shownDeadLetters);
    const { n } = await trx.selectFrom(letters.as('open')).select(sql<number>`count(*)::int`.as('n')).executeTakeFirstOrThrow();
    return { rows, openDeadLetters: n };
  });
}

/** By channel account; those by which nothing has gone yet have none. */
export async function accountTraffic(store: Store, workspaceId: string, ids: string[]): Promise<Map<string, AccountTrafficRow>> {
  if (ids.length === 0) return new Map();
  const rows = await readWorkspace(store.db, workspaceId, (trx) =>
    trx.selectFrom('conversation.account_traffic').selectAll().where('channel_account_id', 'in', ids).execute(),
  );
  return new Map(rows.map((row) => [row.channel_account_id, row]));
}
