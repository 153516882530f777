import { fileName, filesBucket } from '@baton/contracts/files.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventFilter } from '@baton/contracts/subjects.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { Objm } from '@nats-io/obj';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { context, meet, patch, row, sendTo, settled, writeByHand } from './acts.ts';
import {
  beginTurn,
  claim,
  commitReply,
  conversationOf,
  type Harness,
  inboundMessage,
  makeWorkspace,
  newCustomer,
  record,
  send,
  sendReceipt,
  startHarness,
  type Workspace,
} from './harness.ts';

let h: Harness;
let w: Workspace;
let stranger: Workspace;
beforeAll(async () => {
  h = await startHarness({ instances: 2, rowsByHand: true });
  w = await makeWorkspace(h);
  stranger = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const canary = 'xanadu-7141';
const erase = (contactId: string, at = w, commandId = '') => h.contacts.eraseContact({ contactId, context: context(at, commandId) });
const contactOf = async (conversationId: string) =>
  (await row<{ contact_id: string }>(h, 'select contact_id from conversation.conversation where conversation_id = $1', [conversationId]))
    .contact_id;
const erasureOf = (contactId: string) =>
  row<{ state: string; step: string; messages: number }>(h, 'select * from conversation.erasure where contact_id = $1', [contactId]);

/** Every row of the workspace, in every table, that holds one of the words. */
async function tracesOf(words: string[]): Promise<string[]> {
  const { rows: tables } = await h.admin.query(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' where n.nspname = 'conversation' and c.relkind = 'r'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const text = name === 'command_result' ? `encode(t.result, 'escape')` : 't::text';
    const { rows } = await h.admin.query(
      `select ${text} as text from conversation.${name} t where workspace_id = $1 and exists (select 1 from unnest($2::text[]) w where position(w in ${text}) > 0)`,
      [w.workspaceId, words],
    );
    found.push(...rows.map((one) => `${name}: ${one.text}`));
  }
  return found;
}

/** A customer who has left the word in every place there is. */
async function everywhere() {
  const contact = { name: `Ada ${canary}`, email: `${canary}.${newId('event')}@example.com`, attributes: { city: canary } };
  const attachments = [{ url: `https://files.example.com/${canary}`, content_type: 'image/png', size: 1, name: canary }];
  const metadata = { order: canary };
  const { from, id } = await meet(h, w, { contact, attachments, metadata, text: `I am ${canary}` });
  await askForPerson(id);
  await patch(h, w, { conversationId: id, aiMode: 'ai', commandId: newId('event') });
  await send(h, inboundMessage(w, from, { text: canary }));
  await conversationOf(h, w, from, 3);
  const { dispatchId } = await beginTurn(h, w, id);
  await patch(h, w, {
    conversationId: id,
    aiMode: 'human',
    reason: `for ${canary}`,
    subject: canary,
    setTags: true,
    tags: [canary],
    metadata: { note: canary },
    commandId: newId('event'),
  });
  await commitReply(h, w, { conversationId: id, dispatchId, epoch: 3, text: `Late ${canary}` });
  const shadow = () =>
    h.turns.recordShadow({ workspaceId: w.workspaceId, conversationId: id, dispatchId, answer: JSON.stringify({ messages: [canary] }) });
  await shadow();
  const sent = await writeByHand(h, w, { conversationId: id, text: `Dear ${canary}`, takeover: false, commandId: newId('event') });
  await h.inbox.createNote({ context: context(w, newId('event')), conversationId: id, text: `A note on ${canary}` });
  const provider_message_id = newId('event');
  await send(h, inboundMessage(w, from, { text: 'STOP', provider_message_id }));
  await settled(h, w, from);
  const receipt = { workspace_id: w.workspaceId, channel_account_id: w.sms, status: 'failed' as const };
  await sendReceipt(h, { ...receipt, provider_message_id, error_code: 'x', error_detail: `${canary} left` });
  await send(h, inboundMessage(w, from, { channel: 'pigeon', text: canary }));
  await eventually(() => row(h, `select 1 from conversation.dead_letter where position($1 in payload) > 0`, [from]));
  return { from, id, contact: await contactOf(id), queued: sent.message!.messageId, shadow };
}

/** The AI says why, and what it knows of the customer. */
async function askForPerson(id: string): Promise<void> {
  const { dispatchId } = await beginTurn(h, w, id);
  const handoff = { reason: `asked for by ${canary}`, summary: canary };
  await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: `One moment, ${canary}`, more: { handoff } });
}

test('after an erasure no table holds a word of the customer, nor the address; counts, times and who asked for it stay', async () => {
  const { from, id, contact, queued, shadow } = await everywhere();
  await h.contacts.setOptOut({ agentId: w.agentId, address: from, context: context(w, newId('event')) });
  expect((await tracesOf([canary, from])).length).toBeGreaterThan(10);
  const { message_count: before } = await row<{ message_count: number }>(
    h,
    'select * from conversation.conversation where conversation_id = $1',
    [id],
  );
  const erased = await erase(contact);
  expect(erased).toMatchObject({ contactId: contact, state: 'done', conversations: 1, messages: before });
  await expect(h.inbox.createNote({ context: context(w), conversationId: id, text: canary })).rejects.toMatchObject({ code: 'conflict' });
  // A shadow backend may still have been at it.
  await shadow();
  expect(await tracesOf([canary, from])).toEqual([]);
  expect(await row(h, 'select ai_mode, message_count, contact_id from conversation.conversation where conversation_id = $1', [id])).toEqual(
    {
      ai_mode: 'closed',
      message_count: before,
      contact_id: contact,
    },
  );
  expect(await row(h, 'select status, error_code from conversation.message where message_id = $1', [queued])).toEqual({
    status: 'cancelled',
    error_code: 'erased',
  });
  await expect(h.contacts.getContact({ workspaceId: w.workspaceId, contactId: contact })).rejects.toMatchObject({ code: 'not_found' });
  const { history } = await h.contacts.listContactHistory({ workspaceId: w.workspaceId, contactId: contact, pageSize: 0, cursor: '' });
  expect(history.map((one) => [one.action, one.actor?.id, one.detail])).toEqual([
    ['erased', 'key_test', { conversations: 1, messages: before }],
    ['erasure_requested', 'key_test', {}],
  ]);
  expect(await erase(contact)).toEqual(erased);
  const { subjects } = (
    await h.bus.jsm.streams.info('EVENTS', {
      subjects_filter: eventFilter({ workspaceId: w.workspaceId, conversationId: id }),
    })
  ).state;
  // What tells others to erase theirs comes after all that is gone.
  expect(Object.keys(subjects ?? {})).toEqual([expect.stringMatching(/^conversation\.erased\./)]);
});

test('the files of a mail go from their store, and its thread is forgotten', async () => {
  const store = await new Objm(h.bus.js).create(filesBucket);
  const fileId = 'f'.repeat(43);
  const [mine, other] = [fileName(w.sms, fileId), fileName(w.sms, 'g'.repeat(43))];
  for (const name of [mine, other]) await store.putBlob({ name }, Buffer.from(canary));
  const attachments = [{ url: `https://in.example.com/files/${w.sms}/${fileId}`, content_type: 'text/plain', size: 1, name: 'a' }];
  const { id } = await meet(h, w, { attachments, mail: { subject: canary, references: [`${canary}@x`] } });
  await erase(await contactOf(id));
  expect(await store.info(mine)).toMatchObject({ deleted: true });
  expect(await store.getBlob(mine)).toBeNull();
  expect(Buffer.from((await store.getBlob(other))!).toString()).toBe(canary);
  expect(await row(h, 'select subject, mail_thread from conversation.conversation where conversation_id = $1', [id])).toEqual({
    subject: null,
    mail_thread: null,
  });
});

test('whoever writes after their erasure is somebody new, and still opted out until they say START', async () => {
  const { from, id } = await meet(h, w, { text: 'STOP' });
  const contact = await contactOf(id);
  await erase(contact);
  await expect(sendTo(h, w, { to: from })).rejects.toMatchObject({ code: 'recipient_opted_out' });
  await send(h, inboundMessage(w, from, { text: 'It is me again' }));
  const fresh = await conversationOf(h, w, from);
  expect(fresh.conversation_id).not.toBe(id);
  expect(await contactOf(fresh.conversation_id)).not.toBe(contact);
  const { conversation } = await h.conversations.getConversation({
    workspaceId: w.workspaceId,
    conversationId: fresh.conversation_id,
    pageSize: 0,
    cursor: '',
  });
  expect(conversation).toMatchObject({ optOut: true });
  expect(conversation!.previousConversationId).toBeUndefined();
  await send(h, inboundMessage(w, from, { text: 'START' }));
  await conversationOf(h, w, from, 2);
  await sendTo(h, w, { to: from });
});

test('a provider that repeats an erased message brings nothing back, and a week later its ids are gone too', async () => {
  const from = newCustomer();
  const message = inboundMessage(w, from, { text: canary });
  await send(h, message);
  const { conversation_id } = await conversationOf(h, w, from);
  const contact = await contactOf(conversation_id);
  await erase(contact);
  await send(h, { ...message, received_at: new Date().toISOString() });
  await settled(h, w, from);
  const texts = await h.admin.query('select text from conversation.message where from_number = $1 and workspace_id = $2', [
    from,
    w.workspaceId,
  ]);
  expect(texts.rows).toEqual([{ text: 'last' }]);
  // A week later it has long been cleared: the second instance, which takes its partitions in these seconds, would read it once more.
  await eventually(
    () => h.bus.jsm.streams.info('INBOUND'),
    ({ state }) => state.messages === 0,
  );
  // Only from here on its end is a week away; set to now before, it would be set again.
  await eventually(
    () => erasureOf(contact),
    (found) => found.state === 'settling',
  );
  await h.admin.query(`update conversation.erasure set due_at = now() where contact_id = $1`, [contact]);
  await eventually(
    () => erasureOf(contact),
    (found) => found.state === 'done',
  );
  expect(await row(h, 'select provider_message_id as id from conversation.message where conversation_id = $1', [conversation_id])).toEqual({
    id: null,
  });
});

test('what comes late to an erased conversation, from an AI, a provider or a person, brings no word back', async () => {
  const { id } = await meet(h, w, { text: canary });
  const { message } = await writeByHand(h, w, { conversationId: id, takeover: false, commandId: newId('event') });
  const { messageId } = message!;
  const provider_message_id = newId('event');
  await claim(h, w, id, messageId);
  await record(h, w, { conversationId: id, messageId, claim: 1, outcome: 'sent', providerMessageId: provider_message_id });
  const { dispatchId } = await beginTurn(h, w, id);
  const erased = await contactOf(id);
  await erase(erased);
  await eventually(
    () => erasureOf(erased),
    (found) => found.state === 'settling',
  );

  await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: `Late ${canary}` });
  const receipt = { workspace_id: w.workspaceId, channel_account_id: w.sms, status: 'failed' as const };
  await sendReceipt(h, { ...receipt, provider_message_id, error_code: 'x', error_detail: `${canary} is not there` });
  await eventually(
    () => row<{ status: string }>(h, 'select status from conversation.message where message_id = $1', [messageId]),
    (found) => found.status === 'failed',
  );
  await patch(h, w, { conversationId: id, contactName: canary });
  expect(await tracesOf([canary])).toEqual([]);
  expect(await row(h, 'select outcome, reason from conversation.dispatch where dispatch_id = $1', [dispatchId])).toEqual({
    outcome: 'suppressed',
    reason: 'stale_epoch',
  });
});

test('an erasure that was cut off goes on by itself, batch by batch', async () => {
  const { from, id } = await meet(h, w, { text: canary });
  await settled(h, w, from);
  const contact = await contactOf(id);
  await copyMessages(id, 3500);
  await erase(contact);
  await eventually(
    () => erasureOf(contact),
    (found) => found.state === 'settling',
  );
  await h.admin.query(`update conversation.message set text = $2 where conversation_id = $1`, [id, canary]);
  await h.admin.query(
    `update conversation.erasure set state = 'running', step = 'messages', place = '{}', due_at = null where contact_id = $1`,
    [contact],
  );
  await eventually(
    () => erasureOf(contact),
    (found) => found.state === 'settling',
  );
  expect(await tracesOf([canary])).toEqual([]);
});

/** So many copies of a conversation's first message, as nobody could wait for them to be sent. */
async function copyMessages(id: string, count: number): Promise<void> {
  const { rows } = await h.admin.query(
    `select string_agg(quote_ident(column_name), ', ') as names from information_schema.columns where table_schema = 'conversation'
     and table_name = 'message' and is_generated = 'NEVER' and column_name not in ('message_id', 'sequence', 'provider_message_id')`,
  );
  await h.admin.query(
    `insert into conversation.message (message_id, sequence, provider_message_id, ${rows[0].names})
     select message_id || '-' || n, sequence + n, null, ${rows[0].names} from conversation.message, generate_series(10, $2) n
     where conversation_id = $1 and sequence = 1`,
    [id, count],
  );
}

test('messages, merges and sends that come in while a contact is erased end either erased or with somebody new', async () => {
  for (let i = 0; i < 6; i++) {
    const from = newCustomer();
    if (i % 2 === 0) {
      await send(h, inboundMessage(w, from, { text: canary }));
      await conversationOf(h, w, from);
    } else await h.contacts.createContact({ context: context(w), phone: from, attributes: {} });
    const { contact_id } = await row<{ contact_id: string }>(h, 'select contact_id from conversation.contact_address where address = $1', [
      from,
    ]);
    const other = await h.contacts.createContact({ context: context(w), attributes: {} });
    const traffic = Array.from({ length: 10 }, () => send(h, inboundMessage(w, from, { text: canary })));
    const merging = h.contacts.mergeContacts({ contactId: other.contact!.contactId, fromContactId: contact_id, context: context(w) });
    const [erased] = await Promise.all([
      erase(contact_id),
      merging.catch(() => undefined),
      sendTo(h, w, { to: from, text: canary }),
      ...traffic,
    ]);
    await settled(h, w, from);
    await eventually(
      () => erasureOf(erased!.contactId),
      (found) => found.state === 'settling',
    );
  }
  const { left } = await row<{ left: number }>(
    h,
    `select count(*)::int as left from conversation.message m join conversation.conversation v using (conversation_id)
     join conversation.contact c on c.contact_id = v.contact_id where (c.erased_at is not null or c.merged_into is not null) and m.text <> ''`,
  );
  expect(left).toBe(0);
  const { data } = await row<{ data: number }>(
    h,
    `select count(*)::int as data from conversation.contact where erased_at is not null and (name is not null or phone is not null or email is not null)`,
  );
  expect(data).toBe(0);
});

test('nobody erases a stranger’s contact', async () => {
  const { id } = await meet(h, w);
  const contact = await contactOf(id);
  await expect(erase(contact, stranger)).rejects.toMatchObject({ code: 'not_found' });
  expect((await h.contacts.getContact({ workspaceId: w.workspaceId, contactId: contact })).contact!.contactId).toBe(contact);
});
