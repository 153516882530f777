import { publicEventTypes } from '@baton/contracts/events.ts';
import type { EventChains, Link } from './event-chains.ts';
import type { Query, Violation } from './invariants/invariant.ts';
import { timestamp } from './judge-rows.ts';

interface LoggedEvent extends Link {
  position: string;
  workspace_id: string;
  /** It contradicts its own row: for another workspace, conversation or number. */
  strays: boolean;
  partition: number;
  /** It should be in the stream by now. */
  due: boolean;
  /** Enabled endpoints that wanted it and have no delivery of it. */
  missed: string[] | null;
}

/**
 * One stretch of the log in the order of commits. An endpoint wanted an event when it had been enabled, and was last changed, before the event. `data` is compared
 * here, in Postgres: nobody's words leave it.
 */
const stretch = `select e.position::text, e.event_id, e.workspace_id, e.conversation_id, e.sequence,
    (e.data::json ->> 'workspace_id', e.data::json ->> 'conversation_id', (e.data::json ->> 'sequence')::int, e.data::json ->> 'event_id')
      is distinct from (e.workspace_id, e.conversation_id, e.sequence, e.event_id)
      or e.subject not like '%.' || e.workspace_id || '.' || e.conversation_id as strays,
    e.partition, e.created_at < $4::timestamptz
      and not exists (select from conversation.outbox o where o.partition = e.partition and o.position = e.position) as due,
    (select array_agg(p.endpoint_id) from delivery.endpoint p left join conversation.conversation c on c.conversation_id = e.conversation_id
      where p.workspace_id = e.workspace_id and p.enabled and p.deleted_at is null and e.event_type = any($5::text[])
        and e.created_at > greatest(p.active_from, p.updated_at) + interval '10 seconds' and e.created_at < $4::timestamptz
        and (p.event_types = '{}' or e.event_type = any(p.event_types)) and (p.agent_ids = '{}' or c.agent_id = any(p.agent_ids))
        and not exists (select from delivery.delivery d where d.endpoint_id = p.endpoint_id and d.event_id = e.event_id)) as missed
  from conversation.event e
  where e.position > $1::bigint and e.position <= $2::bigint and e.event_type not like 'directory.%' and ($3::text is null or e.workspace_id = $3)
  order by e.position`;

const shown = publicEventTypes as readonly string[];

export interface LogBounds {
  workspaceId: string | null;
  since: Date;
  settledBefore: Date | 'always';
  /** Positions looked at in one statement. */
  atOnce: number;
}

export interface LogReport {
  violations: Violation[];
  events: number;
  /** Those that should be in the stream by now. */
  due: (Link & { partition: number })[];
}

/** Reads the log of events in stretches and tells what is wrong in each. What is known of the order goes into `chains`. */
export async function* judgeEventLog(query: Query, chains: EventChains, o: LogBounds): AsyncGenerator<LogReport> {
  const [ends] = await query<{ first: string | null; last: string | null }>(
    'select min(position)::text as first, max(position)::text as last from conversation.event where created_at >= $1',
    [o.since],
  );
  if (ends?.first == null || ends.last == null) return;
  const until = timestamp(o.settledBefore);
  for (let from = BigInt(ends.first) - 1n; from < BigInt(ends.last); from += BigInt(o.atOnce)) {
    const to = from + BigInt(o.atOnce);
    const rows = await query<LoggedEvent>(stretch, [String(from), String(to), o.workspaceId, until, shown]);
    yield { violations: rows.flatMap((row) => wrongIn(row, chains)), events: rows.length, due: rows.filter(({ due }) => due) };
  }
}

function wrongIn(row: LoggedEvent, chains: EventChains): Violation[] {
  const violation = (invariant: string, detail: string): Violation => ({
    invariant,
    workspace_id: row.workspace_id,
    conversation_id: row.conversation_id,
    id: row.event_id,
    detail,
  });
  const wrong: Violation[] = [];
  const misplaced = chains.add(row);
  if (misplaced !== undefined) wrong.push(violation('events.logged_in_order', misplaced));
  if (row.strays) wrong.push(violation('events.of_their_row', 'its body is of another workspace, conversation or number than its row'));
  for (const endpoint of row.missed ?? []) wrong.push(violation('webhooks.planned', `${endpoint} wanted it and has no delivery of it`));
  return wrong;
}
