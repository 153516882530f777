import { publish } from '@baton/bus/publish.ts';
import { ListMessagesRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Agent } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { inboundConsumer, inboundSubject, partitionOf } from '@baton/contracts/subjects.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { event, meet, patch, row, sendTo, settled, whatsapp, writeByHand } from './acts.ts';
import {
  beginTurn,
  commitReply,
  conversationOf,
  dispatchesOf,
  type Harness,
  inboundMessage,
  makeWorkspace,
  newCustomer,
  send,
  startHarness,
  type Workspace,
} from './harness.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness();
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

function raw(from: string, data: string): Promise<unknown> {
  const subject = inboundSubject('message', partitionOf(w.agentId, from), { workspaceId: w.workspaceId, channelAccountId: w.sms });
  return publish(h.bus, { subject, id: newId('event'), data });
}

const deadLetters = async () => (await h.deadLetters.listDeadLetters({ workspaceId: w.workspaceId, pageSize: 0, cursor: '' })).deadLetters;

test('one provider id is one message, however often and under whatever id the stream brings it', async () => {
  const from = newCustomer();
  const m = inboundMessage(w, from, { text: 'Once' });
  await Promise.all(Array.from({ length: 100 }, () => raw(from, JSON.stringify(m))));
  await settled(h, w, from);
  const { conversation_id: id, message_count: count } = await conversationOf(h, w, from, 2);
  expect(count).toBe(2);
  await event(h, id, 'message.received', 2);
  expect(h.events.of(id).filter((one) => one.event_type === 'message.received')).toHaveLength(2);
});

test('poison is put aside and its neighbours of the same moment are stored', async () => {
  const from = newCustomer();
  const before = (await deadLetters()).length;
  const good = inboundMessage(w, from, { text: 'Before' });
  const poison = [
    'null',
    '{"half":',
    '"text"',
    JSON.stringify({ ...good, provider_message_id: 'x1', channel_account_id: newId('channelAccount') }),
    JSON.stringify({ ...good, provider_message_id: 'x2', text: 'nul \0 inside' }),
    JSON.stringify({ ...good, provider_message_id: 'x3', text: '', attachments: [null] }),
    JSON.stringify({ ...good, provider_message_id: 'x4', received_at: 'yesterday' }),
    JSON.stringify({ ...good, provider_message_id: 'x5', channel: 'pigeon' }),
    JSON.stringify({ ...good, provider_message_id: 'x6', text: { $ne: 1 } }),
    JSON.stringify({ ...good, provider_message_id: 'x7', provider_opt_out: 'maybe' }),
    JSON.stringify({ ...good, provider_message_id: 'x8', contact: { name: ['a'], email: '' } }),
  ];
  await Promise.all([raw(from, JSON.stringify(good)), ...poison.map((data) => raw(from, data))]);
  await settled(h, w, from);
  const { message_count: count } = await conversationOf(h, w, from, 2);
  expect(count).toBe(2);
  const letters = (await deadLetters()).slice(0, -before || undefined);
  expect(letters.map((one) => one.payload).sort()).toEqual(poison.sort());
  expect(letters.every((one) => one.state === 'open' && one.error !== '' && one.service === 'conversation-state')).toBe(true);
});

/** Holds the reader up behind one conversation while `work` publishes, so that all of it is read into one batch. */
async function inOneBatch(messages: number, work: () => Promise<unknown>): Promise<void> {
  const { from, id } = await meet(h, w);
  const client = await h.admin.connect();
  try {
    await client.query('begin');
    await client.query('select 1 from conversation.conversation where conversation_id = $1 for update', [id]);
    await send(h, inboundMessage(w, from));
    await work();
    const inHand = async () => {
      let pending = 0;
      for await (const consumer of h.bus.jsm.consumers.list('INBOUND')) pending += consumer.num_ack_pending;
      return pending;
    };
    await eventually(inHand, (pending) => pending === messages + 1);
  } finally {
    await client.query('commit');
    client.release();
  }
}

test('a message of another tenant’s account or agent is put aside, also in one batch with that tenant’s own messages', async () => {
  const other = await makeWorkspace(h);
  const from = newCustomer();
  const before = (await deadLetters()).length;
  const wrongAccount = inboundMessage(w, from, { channel_account_id: other.sms });
  // Each beside a message of the other tenant alone: a batch that fails is tried one by one, and would hide the second fault.
  for (const wrong of [inboundMessage(w, from, { agent_id: other.agentId }), wrongAccount]) {
    await inOneBatch(2, () => Promise.all([send(h, inboundMessage(other, newCustomer())), raw(from, JSON.stringify(wrong))]));
  }
  await eventually(
    async () => (await deadLetters()).length,
    (count) => count === before + 2,
  );
  expect(
    await row(h, 'select count(*)::int as n from conversation.message where from_number = $1 and workspace_id = $2', [from, w.workspaceId]),
  ).toEqual({ n: 0 });
});

test('what is read a second time is stored once, and given up once', async () => {
  const from = newCustomer();
  const before = (await deadLetters()).length;
  const partition = partitionOf(w.agentId, from);
  await Promise.all([send(h, inboundMessage(w, from, { text: 'Once' })), raw(from, '{"text": oops')]);
  await eventually(
    async () => (await deadLetters()).length,
    (count) => count === before + 1,
  );
  const made = async () => (await h.bus.jsm.consumers.info('INBOUND', inboundConsumer(partition))).created;
  const first = await made();
  await h.bus.jsm.consumers.delete('INBOUND', inboundConsumer(partition));
  await eventually(made, (now) => now !== first);
  await send(h, inboundMessage(w, from, { text: 'Behind it' }));
  await settled(h, w, from);
  // Those two, and the one by which it is known that all is settled.
  expect(await conversationOf(h, w, from, 3)).toMatchObject({ message_count: 3 });
  expect((await deadLetters()).length).toBe(before + 1);
});

test('a dead letter can be retried once its cause is gone, and dropped for good', async () => {
  const from = newCustomer();
  const late = newId('channelAccount');
  const m = inboundMessage(w, from, { channel_account_id: late, text: 'Patience' });
  const before = (await deadLetters()).length;
  await raw(from, JSON.stringify(m));
  const [letter] = await eventually(deadLetters, (found) => found.length > before);
  await h.admin.query(
    `insert into conversation.channel_account select $1, workspace_id, provider, channel, address, agent_id, enabled, credentials, credential_names, now(), now()
     from conversation.channel_account where channel_account_id = $2`,
    [late, w.sms],
  );
  const named = { workspaceId: w.workspaceId, deadLetterId: letter!.deadLetterId };
  expect(await h.deadLetters.retryDeadLetter(named)).toMatchObject({ state: 'retried' });
  expect(await conversationOf(h, w, from)).toMatchObject({ message_count: 1 });
  expect(await h.deadLetters.dropDeadLetter(named)).toMatchObject({ state: 'dropped' });
  await expect(h.deadLetters.retryDeadLetter(named)).rejects.toMatchObject({ code: 'conflict' });
  await expect(h.deadLetters.retryDeadLetter({ ...named, workspaceId: newId('workspace') })).rejects.toMatchObject({ code: 'not_found' });
});

test('the next message after `closed` opens a new conversation linked to the old one, once', async () => {
  const { from, id } = await meet(h, w);
  await patch(h, w, { conversationId: id, aiMode: 'closed' });
  await Promise.all([send(h, inboundMessage(w, from)), send(h, inboundMessage(w, from))]);
  const next = await conversationOf(h, w, from, 2);
  expect(next).toMatchObject({ previous_conversation_id: id, ai_mode: 'ai', mode_epoch: 1, message_count: 2 });
});

test('SMS and WhatsApp of one number are one conversation and one contact; the reply goes where the customer wrote last', async () => {
  const { from, id } = await meet(h, w);
  await send(h, inboundMessage(w, from, whatsapp(w)));
  const both = await conversationOf(h, w, from, 2);
  expect(both).toMatchObject({ conversation_id: id, channel: 'whatsapp', own_address: '+15550101', channel_account_id: w.whatsapp });
  expect(await row(h, 'select count(distinct contact_id)::int as n from conversation.message where conversation_id = $1', [id])).toEqual({
    n: 1,
  });
});

test('one address at two agents is two conversations of one contact', async () => {
  const second = await h.directory.createAgent({
    context: w.context,
    agent: Agent.fromPartial({ displayName: 'Bob', backend: { kind: 'echo' } }),
  });
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  await send(h, inboundMessage(w, from, { agent_id: second.agentId }));
  const rows = await eventually(
    async () => (await h.admin.query('select agent_id, contact_id from conversation.conversation where remote_address = $1', [from])).rows,
    (found) => found.length === 2,
  );
  expect(rows[0].contact_id).toBe(rows[1].contact_id);
});

test('STOP stops every send and every turn; START lifts it', async () => {
  const { from, id } = await meet(h, w, { text: 'Stop' });
  expect(await h.conversations.getConversation({ workspaceId: w.workspaceId, conversationId: id, pageSize: 0, cursor: '' })).toMatchObject({
    conversation: { optOut: true },
  });
  await expect(writeByHand(h, w, { conversationId: id })).rejects.toMatchObject({ code: 'recipient_opted_out' });
  await expect(sendTo(h, w, { to: from })).rejects.toMatchObject({ code: 'recipient_opted_out' });
  await send(h, inboundMessage(w, from, { text: 'Hello?' }));
  await send(h, inboundMessage(w, from, { text: 'start' }));
  await send(h, inboundMessage(w, from, { text: 'Hello again' }));
  await conversationOf(h, w, from, 4);
  expect((await dispatchesOf(h, id)).map((d) => `${d.outcome} ${d.reason ?? ''}`.trim())).toEqual([
    'suppressed opted_out',
    'suppressed opted_out',
    expect.stringMatching(/^suppressed /),
    'pending',
  ]);
  expect((await writeByHand(h, w, { conversationId: id })).message).toMatchObject({ status: 'queued' });
  await event(h, id, 'message.opt_in');
  expect(h.events.types(id)).toContain('message.opt_out');
});

test('an opt-out that comes while a turn runs withholds the reply', async () => {
  const { from, id } = await meet(h, w);
  const { dispatchId } = await beginTurn(h, w, id);
  await send(h, inboundMessage(w, from, { text: 'STOP' }));
  await conversationOf(h, w, from, 2);
  const committed = await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'Hi' });
  expect(committed).toMatchObject({ kind: 'suggestion', outcome: 'suppressed' });
});

test('outside the WhatsApp window only a template passes', async () => {
  const long = new Date(Date.now() - 25 * 3_600_000).toISOString();
  const { from, id } = await meet(h, w, { ...whatsapp(w), sent_at: long });
  await expect(writeByHand(h, w, { conversationId: id })).rejects.toMatchObject({ code: 'window_expired' });
  const template = { name: 'reminder', languageCode: 'en', parameters: ['Zoé'] };
  expect((await sendTo(h, w, { channel: 'whatsapp', to: from, text: '', template })).message).toMatchObject({
    status: 'queued',
    channel: 'whatsapp',
  });
  await send(h, inboundMessage(w, from, whatsapp(w)));
  await conversationOf(h, w, from, 3);
  expect((await writeByHand(h, w, { conversationId: id })).message).toMatchObject({ status: 'queued' });
});

test('a person who answers from the phone takes the conversation over', async () => {
  const { from, id } = await meet(h, w);
  const { dispatchId } = await beginTurn(h, w, id);
  await send(h, inboundMessage(w, from, { author: 'human', text: 'I am on it' }));
  expect(await conversationOf(h, w, from, 2)).toMatchObject({ ai_mode: 'human', mode_epoch: 2 });
  expect((await beginTurn(h, w, id, { dispatchId, redelivered: true })).result).toMatchObject({
    $case: 'noTurn',
    value: { kind: 'suppressed' },
  });
  const { messages } = await h.conversations.listMessages(
    ListMessagesRequest.fromPartial({
      workspaceId: w.workspaceId,
      conversationId: id,
      pageSize: 0,
      cursor: '',
      order: 'asc',
    }),
  );
  expect(messages).toMatchObject([{ author: 'contact' }, { author: 'human', direction: 'outbound', status: 'sent' }]);
});

test('a WhatsApp window outlives the conversation it was opened in, whatever channel opens the next', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from, { channel: 'whatsapp', channel_account_id: w.whatsapp, to: '+15550101' }));
  const first = await conversationOf(h, w, from);
  await patch(h, w, { conversationId: first.conversation_id, aiMode: 'closed' });
  await send(h, inboundMessage(w, from));
  await eventually(
    async () =>
      (
        await h.admin.query('select window_expires_at from conversation.conversation where previous_conversation_id = $1', [
          first.conversation_id,
        ])
      ).rows,
    (rows) => rows.length === 1 && rows[0].window_expires_at > new Date(),
  );
});

test('a conversation and the page of messages beside it are of one moment', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: conversationId } = await conversationOf(h, w, from);
  const writing = (async () => {
    for (let n = 0; n < 150; n++) await send(h, inboundMessage(w, from, { text: `No. ${n}` }));
  })();
  for (let done = false; !done; ) {
    const seen = await h.conversations.getConversation({ workspaceId: w.workspaceId, conversationId, pageSize: 1, cursor: '' });
    expect(seen.messages[0]?.sequence).toBe(seen.conversation?.messageCount);
    done = seen.conversation?.messageCount === 151;
  }
  await writing;
});
