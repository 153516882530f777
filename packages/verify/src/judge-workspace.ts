import type { NatsConnection } from '@nats-io/transport-node';
import { EventChains } from './event-chains.ts';
import { judgeEventLog } from './event-log.ts';
import { storedEvents } from './event-stream.ts';
import type { Query, Violation } from './invariants/invariant.ts';
import { judgeConversations, judgeInstallation } from './judge-rows.ts';

/**
 * Everything about one workspace whose work is done: rows, log and stream, from the first event on. For tests of the whole product; an installation at work is looked
 * at by `verify.ts`.
 */
export async function judgeWorkspace(at: { query: Query; connection: NatsConnection; workspaceId: string }): Promise<Violation[]> {
  const { query, workspaceId } = at;
  const rows = await query<{ conversation_id: string; event_sequence: number }>(
    'select conversation_id, event_sequence::int from conversation.conversation where workspace_id = $1',
    [workspaceId],
  );
  const ids = rows.map(({ conversation_id }) => conversation_id);
  const wrong = await judgeConversations(query, ids, { settledBefore: 'always', skewMs: 0 });
  wrong.push(...(await judgeInstallation(query, { workspaceId, settledBefore: new Date(Date.now() - 60_000) })));
  const log = new EventChains({ fromTheStart: true, remembers: 0 });
  const bounds = { workspaceId, since: new Date(0), settledBefore: 'always' as const, atOnce: 5_000 };
  for await (const { violations } of judgeEventLog(query, log, bounds)) wrong.push(...violations);
  const stream = new EventChains({ fromTheStart: true, remembers: Number.POSITIVE_INFINITY });
  for await (const event of storedEvents(at.connection, { workspaceId })) {
    const misplaced = stream.add(event);
    if (misplaced !== undefined)
      wrong.push({
        invariant: 'events.streamed_in_order',
        workspace_id: workspaceId,
        conversation_id: event.conversation_id,
        id: event.event_id,
        detail: misplaced,
      });
  }
  for (const { conversation_id, event_sequence: due } of rows)
    for (const [where, chains] of [['log', log] as const, ['stream', stream] as const]) {
      const last = chains.extent(conversation_id)?.last ?? 0;
      if (last !== due)
        wrong.push({
          invariant: 'events.complete',
          workspace_id: workspaceId,
          conversation_id,
          id: conversation_id,
          detail: `${due} were written, and those in the ${where} end at ${last}`,
        });
    }
  return wrong;
}
