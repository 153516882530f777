import { createHash } from 'node:crypto';
import { EventChains } from '@baton/verify/event-chains.ts';
import type { Query } from '@baton/verify/invariants/invariant.ts';
import { judgeConversations } from '@baton/verify/judge-rows.ts';
import { inSlices } from '@baton/verify/slices.ts';
import { Verdicts } from '@baton/verify/verdicts.ts';
import type { Pool } from 'pg';

/** What must be so at any moment, judged from the database alone; every way in which it is not. */
export async function brokenInvariants(admin: Pool, conversationId: string): Promise<string[]> {
  // By a name, so that the statement is read and planned once for ten thousand plays.
  const query: Query = async (text, values) =>
    (await admin.query({ name: `${createHash('sha1').update(text).digest('hex')}`, text, values })).rows;
  const found = await judgeConversations(query, [conversationId], { settledBefore: 'never', skewMs: 0 });
  return [...found.map(({ invariant, id, detail }) => `${invariant}: ${id}: ${detail}`), ...(await brokenLog(query, conversationId))];
}

/** The same of every conversation there is, the first few of each; what is said of the log is left to those who look at one. */
export async function everyBrokenInvariant(admin: Pool): Promise<string[]> {
  const query: Query = async (text, values) => (await admin.query(text, values)).rows;
  const { rows } = await admin.query<{ id: string }>('select conversation_id as id from conversation.conversation');
  const verdicts = new Verdicts(3);
  await inSlices(
    rows.map(({ id }) => id),
    200,
    async (slice) => verdicts.found(await judgeConversations(query, slice, { settledBefore: 'never', skewMs: 0 })),
  );
  return verdicts.list.flatMap(({ violations, first }) =>
    first.map(({ invariant, conversation_id, id, detail }) => `${invariant} (${violations}): ${id} of ${conversation_id}: ${detail}`),
  );
}

interface Event {
  conversation_id: string;
  event_id: string;
  sequence: number;
  written: number;
}

/** There is no index to a conversation's events: `baton verify` reads the whole log instead. */
async function brokenLog(query: Query, conversationId: string): Promise<string[]> {
  const events = await query<Event>(
    `select e.conversation_id, e.event_id, e.sequence, c.event_sequence::int as written
     from conversation.event e join conversation.conversation c using (conversation_id) where e.conversation_id = $1 order by e.position`,
    [conversationId],
  );
  const chains = new EventChains({ fromTheStart: true, remembers: 0 });
  const wrong = events.flatMap((event) => chains.add(event) ?? []);
  const last = chains.extent(conversationId)?.last;
  return last === events[0]?.written ? wrong : [...wrong, `the events end at ${last}, and ${events[0]?.written} were written`];
}
