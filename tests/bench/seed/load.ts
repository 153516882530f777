import { type IdKind, idFromUuid, newId } from '@baton/contracts/ids.ts';
import pg from 'pg';
import { Texts } from './texts.ts';
import { type Timeline, timeline } from './timeline.ts';

/** What the messages belong to, made through the API. */
export interface Owner {
  workspaceId: string;
  agentId: string;
  channelAccountId: string;
  address: string;
}

const rowsAtOnce = 5000;

/**
 * Puts conversations with so many messages into the tables of conversation-state, as they stand when everything has long been answered; the whole way would take half
 * an hour for a million. In the order of time, as they would have come in: indexes and pages are as in use. Answers how many conversations there are.
 */
export async function seedMessages(
  databaseUrl: string,
  owner: Owner,
  o: { messages: number; signal: AbortSignal; say: (line: string) => void },
): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // A crash would cost nothing but the run.
    await client.query('set synchronous_commit = off');
    const times = timeline(o.messages, Date.now());
    const threads = Array.from(times.lengths, () => ({ conversation: newId('conversation'), contact: newId('contact') }));
    for (let from = 0; from < threads.length; from += rowsAtOnce) await insertConversations(client, owner, { times, threads, from });
    const texts = new Texts();
    for (let from = 0; from < o.messages; from += rowsAtOnce) {
      o.signal.throwIfAborted();
      await insertMessages(client, owner, { times, threads, from, texts });
      if ((from / rowsAtOnce) % 40 === 39)
        o.say(`${(from + rowsAtOnce).toLocaleString('en')} of ${o.messages.toLocaleString('en')} messages`);
    }
    return threads.length;
  } finally {
    await client.end();
  }
}

type Thread = { conversation: string; contact: string };

async function insertConversations(
  client: pg.Client,
  owner: Owner,
  o: { times: Timeline; threads: Thread[]; from: number },
): Promise<void> {
  const threads = o.threads.slice(o.from, o.from + rowsAtOnce);
  const numbers = threads.map((_, i) => o.from + i);
  await client.query({
    name: 'seed_conversations',
    text: `
      with given as (
        select * from unnest($5::text[], $6::text[], $7::int[], $8::int[], $9::float8[], $10::float8[]) as g(conversation_id, contact_id, n, messages, first_ms, last_ms)
      ), contacts as (
        insert into conversation.contact (contact_id, workspace_id, name, phone, attributes, created_at, updated_at)
        select contact_id, $1, 'Customer ' || n, '+1' || (2000000000 + n), '{}', to_timestamp(first_ms / 1000), to_timestamp(first_ms / 1000) from given
      ), activity as (
        insert into conversation.activity (conversation_id, workspace_id, active_at) select conversation_id, $1, to_timestamp(last_ms / 1000) from given
      )
      insert into conversation.conversation (conversation_id, workspace_id, agent_id, partition, channel, channel_account_id, remote_address, own_address, contact_id,
        ai_mode, mode_epoch, status, tags, needs_handoff, unread, message_count, event_sequence, last_message_preview, last_message_at, metadata, created_at, updated_at)
      select conversation_id, $1, $2, 0, 'sms', $3, '+1' || (2000000000 + n), $4, contact_id,
        'ai', 1, 'active', '{}', false, false, messages, messages, 'See you then.', to_timestamp(last_ms / 1000), '{}',
        to_timestamp(first_ms / 1000), to_timestamp(last_ms / 1000)
      from given`,
    values: [
      ...[owner.workspaceId, owner.agentId, owner.channelAccountId, owner.address],
      ...[threads.map((one) => one.conversation), threads.map((one) => one.contact), numbers],
      ...[numbers.map((n) => o.times.lengths[n]), numbers.map((n) => o.times.firstAt[n]), numbers.map((n) => o.times.lastAt[n])],
    ],
  });
}

async function insertMessages(
  client: pg.Client,
  owner: Owner,
  o: { times: Timeline; threads: Thread[]; from: number; texts: Texts },
): Promise<void> {
  const { at, conversation, sequence } = o.times;
  const numbers = Array.from({ length: Math.min(rowsAtOnce, at.length - o.from) }, (_, i) => o.from + i);
  const threads = numbers.map((n) => o.threads[conversation[n]!]!);
  // Customers begin, and every second message is the agent's.
  await client.query({
    name: 'seed_messages',
    text: `
      insert into conversation.message (message_id, workspace_id, conversation_id, sequence, direction, author, channel, channel_account_id, from_number, to_number,
        contact_id, text, attachments, metadata, status, status_history, segments, encoding, provider_message_id, mode_epoch, parting, claim,
        created_at, sent_at, delivered_at, read_at)
      select g.message_id, $1, g.conversation_id, g.sequence, case when ours then 'outbound' else 'inbound' end, case when ours then 'ai' else 'contact' end,
        'sms', $2, '+1' || (2000000000 + g.n), $3, g.contact_id, g.text, '[]', '{}', case when ours then 'read' else 'received' end,
        case when ours then jsonb_build_array(jsonb_build_object('status', 'queued', 'at', at, 'detail', null), jsonb_build_object('status', 'read', 'at', at, 'detail', null))
          else jsonb_build_array(jsonb_build_object('status', 'received', 'at', at, 'detail', null)) end,
        1, 'gsm7', g.message_id, 1, false, 0, at, case when ours then at end, case when ours then at end, case when ours then at end
      from unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::int[], $9::text[], $10::float8[])
        as g(message_id, conversation_id, sequence, contact_id, n, text, ms), lateral (select g.sequence % 2 = 0 as ours, to_timestamp(g.ms / 1000) as at) l`,
    values: [
      ...[owner.workspaceId, owner.channelAccountId, owner.address],
      numbers.map((n) => idAt('message', at[n]!, n)),
      threads.map((one) => one.conversation),
      numbers.map((n) => sequence[n]),
      threads.map((one) => one.contact),
      numbers.map((n) => conversation[n]),
      numbers.map((n) => o.texts.text(n, at.length)),
      numbers.map((n) => at[n]),
    ],
  });
}

/** As made at that time; `n` and chance keep two apart. */
function idAt(kind: IdKind, ms: number, n: number): string {
  const chance = Math.floor(Math.random() * 0x1000);
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return idFromUuid(kind, `${hex(ms, 12)}7${hex(chance, 3)}8${hex(n, 15)}`);
}
