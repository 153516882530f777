import type { Bus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import type { EventOf } from '@baton/contracts/events.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventFilter, eventSubject, streams } from '@baton/contracts/subjects.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import { erasedAddress } from '../domain/contact/erased.ts';
import type { Tables } from '../store/tables.ts';
import { type ErasurePlace, type ErasureRow, type ErasureStep, repeatsDays } from './erasure-row.ts';

type Trx = Transaction<Tables>;

/** What one bounded batch has done; `place` undefined: the step is over. */
export interface Progress {
  place: ErasurePlace | undefined;
  messages?: number;
}

export interface StepContext {
  trx: Trx;
  erasure: ErasureRow;
  /** The conversation whose events were purged from the stream just now, outside of any transaction. */
  purged: string | undefined;
}

const messagesAtOnce = 1000;
const positionsAtOnce = 20_000;
const rowsAtOnce = 1000;

/** Each does one batch from where the erasure stands, and may be done twice. */
export const steps: Record<ErasureStep, (at: StepContext) => Promise<Progress>> = {
  messages: eraseMessages,
  events: eraseEvents,
  stream: passPurged,
  commands: forgetCommands,
  dead_letters: emptyDeadLetters,
  provider_ids: dropProviderIds,
};

/**
 * Texts, names, attachments, addresses. The conversation's lock is held: whoever is about to tell of a message (a receipt, the end of a send) does so from the row
 * as it was before, whose event is removed later, or as it is now.
 */
async function eraseMessages({ trx, erasure }: StepContext): Promise<Progress> {
  const conversation = await lockNext(trx, erasure);
  if (!conversation) return { place: undefined };
  const from = erasure.place.conversation === conversation ? (erasure.place.sequence ?? 0) : 0;
  const batch = sql`select message_id, sequence from conversation.message
    where conversation_id = ${conversation} and sequence > ${from} order by sequence limit ${messagesAtOnce}`;
  await sql`delete from conversation.early_receipt e using conversation.message m
    where m.message_id in (select message_id from (${batch}) b)
      and e.provider_message_id = m.provider_message_id and e.channel_account_id = m.channel_account_id`.execute(trx);
  for (const table of ['early_receipt', 'early_echo']) {
    await sql`delete from ${sql.id('conversation', table)} where workspace_id = ${erasure.workspace_id}
      and from_address = any(${erasure.addresses}::text[])`.execute(trx);
  }
  const { rows } = await sql<{ sequence: number }>`update conversation.message m set
      text = '', sender_name = null, attachments = '[]', template = null, metadata = '{}', from_number = ${erasedAddress},
      error_detail = null, claimant = null,
      status_history = (select coalesce(jsonb_agg(step || '{"detail":null}' order by n), '[]')
                        from jsonb_array_elements(m.status_history) with ordinality as h(step, n)),
      provider_message_id = case when m.created_at > now() - make_interval(days => ${repeatsDays}) then m.provider_message_id end
    from (${batch}) b where m.message_id = b.message_id returning m.sequence`.execute(trx);
  if (rows.length === messagesAtOnce)
    return { place: { conversation, sequence: Math.max(...rows.map((row) => row.sequence)) }, messages: rows.length };
  const more = await eraseDecisions(trx, conversation);
  return { place: { conversation, sequence: more ? from : Number.MAX_SAFE_INTEGER }, messages: more ? 0 : rows.length };
}

/** Suggestions and errors of turns, notes, and reasons that somebody typed. True when there is more. */
async function eraseDecisions(trx: Trx, conversation: string): Promise<boolean> {
  const { numAffectedRows } =
    await sql`update conversation.dispatch set suggestion = null, suggestion_status = null, error = null, shadow = null, handoff = null where dispatch_id in (
    select dispatch_id from conversation.dispatch
    where conversation_id = ${conversation} and (suggestion is not null or error is not null or shadow is not null or handoff is not null) limit ${rowsAtOnce})`.execute(
      trx,
    );
  await sql`delete from conversation.note where conversation_id = ${conversation}`.execute(trx);
  await sql`update conversation.mode_history set reason = ${erasedAddress}
    where conversation_id = ${conversation} and reason <> all(array['api', 'manual_send', 'external_reply', 'external_owner', 'resume', 'takeover_timeout', 'handoff'])`.execute(
    trx,
  );
  return numAffectedRows === BigInt(rowsAtOnce);
}

/** The log is in the order of commits, without a way to a conversation's events: it is read through once, a stretch at a time. */
async function eraseEvents({ trx, erasure }: StepContext): Promise<Progress> {
  const ends = await sql<{ first: number | null; last: number | null }>`
    select min(position)::float8 as first, max(position)::float8 as last from conversation.event`.execute(trx);
  const { first, last } = ends.rows[0]!;
  const from = Math.max(erasure.place.position ?? 0, (first ?? 0) - 1);
  if (last === null || from >= last) return { place: undefined };
  const to = from + positionsAtOnce;
  const stretch = sql`e.position > ${from} and e.position <= ${to}
    and e.conversation_id in (select conversation_id from conversation.conversation where contact_id = ${erasure.contact_id})`;
  await sql`delete from conversation.event e where ${stretch}
    and not exists (select 1 from conversation.outbox o where o.partition = e.partition and o.position = e.position)`.execute(trx);
  // What is not published yet goes first: others count on numbers without gaps.
  const waiting = await sql`select 1 from conversation.event e where ${stretch} limit 1`.execute(trx);
  return { place: { position: waiting.rows.length > 0 ? from : to } };
}

/**
 * The same events in EVENTS, which would else keep them for its seven days; then those who have made something of them are told. Answers the
 * conversation that it was done for.
 */
export async function purgeStream(
  db: Kysely<Tables>,
  bus: Bus,
  at: { workspaceId: string; contactId: string; now: Date },
): Promise<string | undefined> {
  const row = await inWorkspaces(db, [at.workspaceId], async (trx) => {
    const erasure = await trx.selectFrom('conversation.erasure').selectAll().where('contact_id', '=', at.contactId).executeTakeFirst();
    return erasure?.step === 'stream'
      ? await nextConversation(trx, erasure).select(['agent_id', 'channel', 'partition']).executeTakeFirst()
      : undefined;
  });
  if (!row) return undefined;
  const place = { workspaceId: at.workspaceId, conversationId: row.conversation_id };
  await bus.jsm.streams.purge(streams.events, { filter: eventFilter(place) });
  await publishErased(bus, { ...place, ...row, now: at.now });
  return row.conversation_id;
}

/** Under a new id each time: the one before may have been purged when the step is repeated. */
async function publishErased(
  bus: Bus,
  o: { workspaceId: string; conversationId: string; agent_id: string; channel: string; partition: number; now: Date },
): Promise<void> {
  const event: EventOf<'conversation.erased'> = {
    event_id: newId('event'),
    event_type: 'conversation.erased',
    workspace_id: o.workspaceId,
    agent_id: o.agent_id,
    channel: o.channel,
    conversation_id: o.conversationId,
    sequence: 0,
    timestamp: o.now.toISOString(),
    payload: { conversation_id: o.conversationId },
  };
  await publish(bus, { subject: eventSubject(event.event_type, o.partition, o), id: event.event_id, data: JSON.stringify(event) });
}

async function passPurged({ trx, erasure, purged }: StepContext): Promise<Progress> {
  const conversation = await lockNext(trx, erasure);
  if (!conversation) return { place: undefined };
  return { place: conversation === purged ? { conversation, sequence: Number.MAX_SAFE_INTEGER } : erasure.place };
}

/** Stored answers that show the contact or one of its conversations, or name its address. They are kept for 48 hours; what they answered is settled by what stands now. */
async function forgetCommands({ trx, erasure }: StepContext): Promise<Progress> {
  const { rows } = await sql<{ command_id: string }>`select command_id from conversation.command_result
    where workspace_id = ${erasure.workspace_id} and command_id > ${erasure.place.after ?? ''} order by command_id limit ${rowsAtOnce}`.execute(
    trx,
  );
  const last = rows.at(-1)?.command_id;
  if (last === undefined) return { place: undefined };
  await sql`delete from conversation.command_result c where workspace_id = ${erasure.workspace_id}
    and command_id = any(${rows.map((row) => row.command_id)}) and exists (
      select 1 from unnest(${erasure.addresses}::text[] || array(
        select contact_id from conversation.contact where contact_id = ${erasure.contact_id} or merged_into = ${erasure.contact_id} union all
        select conversation_id from conversation.conversation where contact_id = ${erasure.contact_id})) as word
      where position(convert_to(word, 'UTF8') in c.result) > 0)`.execute(trx);
  return { place: { after: last } };
}

/** What could not be handled, of these addresses: nobody may put it back on its way. */
async function emptyDeadLetters({ trx, erasure }: StepContext): Promise<Progress> {
  const { rows } = await sql<{ dead_letter_id: string }>`select dead_letter_id from conversation.dead_letter
    where workspace_id = ${erasure.workspace_id} and dead_letter_id > ${erasure.place.after ?? ''} order by dead_letter_id limit ${rowsAtOnce}`.execute(
    trx,
  );
  const last = rows.at(-1)?.dead_letter_id;
  if (last === undefined) return { place: undefined };
  await sql`update conversation.dead_letter d set payload = '{}', error = ${erasedAddress}, state = 'dropped'
    where dead_letter_id = any(${rows.map((row) => row.dead_letter_id)}) and exists (
      select 1 from unnest(${erasure.addresses}::text[]) as address where position(to_json(address)::text in d.payload) > 0)`.execute(trx);
  return { place: { after: last } };
}

/** Once no provider repeats them any more. */
async function dropProviderIds({ trx, erasure }: StepContext): Promise<Progress> {
  const conversation = await lockNext(trx, erasure);
  if (!conversation) return { place: undefined };
  const { numAffectedRows } = await sql`update conversation.message set provider_message_id = null where message_id in (
    select message_id from conversation.message
    where conversation_id = ${conversation} and provider_message_id is not null limit ${messagesAtOnce})`.execute(trx);
  return { place: { conversation, sequence: numAffectedRows === BigInt(messagesAtOnce) ? 0 : Number.MAX_SAFE_INTEGER } };
}

/** The conversation that the step is in, or the next one; undefined after the last. */
async function lockNext(trx: Trx, erasure: Pick<ErasureRow, 'contact_id' | 'place'>): Promise<string | undefined> {
  return (await nextConversation(trx, erasure).forUpdate().executeTakeFirst())?.conversation_id;
}

function nextConversation(trx: Trx, { contact_id, place }: Pick<ErasureRow, 'contact_id' | 'place'>) {
  const over = place.sequence === Number.MAX_SAFE_INTEGER;
  return trx
    .selectFrom('conversation.conversation')
    .select('conversation_id')
    .where('contact_id', '=', contact_id)
    .where('conversation_id', over ? '>' : '>=', place.conversation ?? '')
    .orderBy('conversation_id')
    .limit(1);
}
