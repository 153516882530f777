import {
  CreateConversationRequest,
  ListConversationsRequest,
  ListMessagesRequest,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Agent, ChannelAccount } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { context, meet, patch, row, sendTo, settled, whatsapp, writeByHand } from './acts.ts';
import {
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
  h = await startHarness({ instances: 2 });
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const count = async (table: string, where: string, values: unknown[]) =>
  (await row<{ n: number }>(h, `select count(*)::int as n from conversation.${table} where ${where}`, values)).n;

test('a command id met again has no second effect and gets the first answer', async () => {
  const { id } = await meet(h, w);
  const commandId = newId('event');
  const first = await writeByHand(h, w, { conversationId: id, takeover: true, commandId });
  const again = await writeByHand(h, w, { conversationId: id, takeover: true, commandId });
  expect(again).toEqual(first);
  expect(first.takeover).toMatchObject({ changed: true, fromMode: 'ai' });
  expect(await count('message', 'conversation_id = $1', [id])).toBe(2);
});

test('twenty of one command at once are one takeover with one answer', async () => {
  const { id } = await meet(h, w);
  const commandId = newId('event');
  const answers = await Promise.all(Array.from({ length: 20 }, () => patch(h, w, { conversationId: id, aiMode: 'human', commandId })));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({ changed: true });
  expect(await count('mode_history', 'conversation_id = $1', [id])).toBe(1);
});

test('twenty of one send to a stranger at once are one conversation, one contact and one message', async () => {
  const to = newCustomer();
  const commandId = newId('event');
  const answers = await Promise.all(Array.from({ length: 20 }, () => sendTo(h, w, { to, commandId })));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(await count('message', 'from_number = $1', [to])).toBe(1);
  expect(await count('contact', 'phone = $1', [to])).toBe(1);
});

test('twenty different sends to a stranger at once share one conversation, numbered without a gap', async () => {
  const to = newCustomer();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => sendTo(h, w, { to, text: String(n), commandId: newId('event') })));
  expect(new Set(answers.map((answer) => answer.conversation?.conversationId)).size).toBe(1);
  expect(answers.map((answer) => answer.message!.sequence).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
});

test('a command id belongs to the kind of command it was first used for', async () => {
  const { id } = await meet(h, w);
  const commandId = newId('event');
  await patch(h, w, { conversationId: id, status: 'completed', commandId });
  await expect(writeByHand(h, w, { conversationId: id, commandId })).rejects.toMatchObject({ code: 'idempotency_mismatch' });
});

test('one command id makes one workspace, one agent and one channel account', async () => {
  const commandId = newId('event');
  const made = await Promise.all(Array.from({ length: 5 }, () => h.directory.createWorkspace({ name: 'Twice', partnerId: '', commandId })));
  expect(new Set(made.map((one) => one.workspaceId)).size).toBe(1);
  const agent = Agent.fromPartial({ displayName: 'Ada', backend: { kind: 'echo' } });
  const agents = await Promise.all(
    Array.from({ length: 5 }, () => h.directory.createAgent({ context: context(w, `${commandId}a`), agent })),
  );
  expect(new Set(agents.map((one) => one.agentId)).size).toBe(1);
});

test('a refused command leaves no trace: no conversation, no contact, no change of channel', async () => {
  const stranger = newCustomer();
  await expect(sendTo(h, w, { channel: 'whatsapp', to: stranger })).rejects.toMatchObject({ code: 'window_expired' });
  expect(await count('conversation', 'remote_address = $1', [stranger])).toBe(0);
  expect(await count('contact', 'phone = $1', [stranger])).toBe(0);
  const { from, id } = await meet(h, w);
  const before = await row(h, 'select * from conversation.conversation where conversation_id = $1', [id]);
  await expect(sendTo(h, w, { channel: 'whatsapp', to: from })).rejects.toMatchObject({ code: 'window_expired' });
  expect(await row(h, 'select * from conversation.conversation where conversation_id = $1', [id])).toEqual(before);
});

test('a change for an older epoch is refused, the same one for the present epoch is made', async () => {
  const { id } = await meet(h, w);
  await patch(h, w, { conversationId: id, aiMode: 'human' });
  await expect(patch(h, w, { conversationId: id, aiMode: 'ai', ifModeEpoch: 1 })).rejects.toMatchObject({ code: 'epoch_mismatch' });
  expect(await patch(h, w, { conversationId: id, aiMode: 'ai', ifModeEpoch: 2 })).toMatchObject({
    changed: true,
    conversation: { modeEpoch: 3 },
  });
});

test('of twenty changes for the same epoch one is made', async () => {
  const { id } = await meet(h, w);
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => patch(h, w, { conversationId: id, aiMode: n % 2 === 0 ? 'human' : 'closed', ifModeEpoch: 1 })),
  );
  expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  for (const one of tries)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: expect.stringMatching(/epoch_mismatch|conversation_closed/) });
});

test('what belongs to another workspace is not found, by every command and query', async () => {
  const { id } = await meet(h, w);
  const stranger = await makeWorkspace(h);
  const { messageId } = (await writeByHand(h, w, { conversationId: id })).message!;
  const at = { workspaceId: stranger.workspaceId, conversationId: id, pageSize: 0, cursor: '' };
  const tries: Promise<unknown>[] = [
    patch(h, stranger, { conversationId: id, aiMode: 'human' }),
    writeByHand(h, stranger, { conversationId: id }),
    h.conversations.resumeAi({ context: stranger.context, conversationId: id, dispatchPending: true }),
    h.conversations.markRead({ context: stranger.context, conversationId: id }),
    h.conversations.getConversation(at),
    h.conversations.getMessage({ workspaceId: stranger.workspaceId, messageId }),
    h.conversations.listInFlight(at),
    h.conversations.listMessages(ListMessagesRequest.fromPartial(at)),
    h.conversations.listModeHistory(at),
    h.conversations.listDispatches(at),
    h.directory.getAgent({ workspaceId: stranger.workspaceId, agentId: w.agentId }),
    h.directory.getChannelAccount({ workspaceId: stranger.workspaceId, channelAccountId: w.sms }),
    sendTo(h, stranger, { agentId: w.agentId, to: newCustomer() }),
  ];
  for (const result of await Promise.allSettled(tries)) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
  expect((await row<{ n: number }>(h, 'select count(*)::int as n from conversation.mode_history where conversation_id = $1', [id])).n).toBe(
    0,
  );
});

async function listed(
  of: Workspace,
  filter: Parameters<typeof ListConversationsRequest.fromPartial>[0] = {},
  pageSize = 0,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  do {
    const page = await h.conversations.listConversations(
      ListConversationsRequest.fromPartial({ workspaceId: of.workspaceId, pageSize, ...filter, cursor }),
    );
    ids.push(...page.conversations.map((one) => one.conversationId));
    cursor = page.nextCursor;
  } while (cursor !== '');
  return ids;
}

test('a conversation that is started without an agent goes to the one the customer talks with, else to the oldest account', async () => {
  const two = await makeWorkspace(h);
  const other = await h.directory.createAgent({ context: two.context, agent: Agent.fromPartial({ displayName: 'Second' }) });
  const account = { provider: 'simulator', channel: 'sms', address: '+15550177', agentId: other.agentId };
  await h.directory.createChannelAccount({ context: two.context, channelAccount: ChannelAccount.fromPartial(account) });
  const start = (to: string, more: Parameters<typeof CreateConversationRequest.fromPartial>[0] = {}) =>
    h.conversations.createConversation(
      CreateConversationRequest.fromPartial({ context: two.context, channel: 'sms', to, contact: { phone: '+4915112345678' }, ...more }),
    );
  const known = newCustomer();
  const begun = await start(known, { agentId: other.agentId });
  expect((await start(known)).conversation).toMatchObject({ agentId: other.agentId, conversationId: begun.conversation!.conversationId });
  expect((await start(newCustomer())).conversation).toMatchObject({ agentId: two.agentId });
  expect((await start(newCustomer(), { from: '+15550177' })).conversation).toMatchObject({ agentId: other.agentId });
  await expect(start('a@example.com', { channel: 'email' })).rejects.toMatchObject({ code: 'channel_unavailable' });
});

test('pages of conversations of the very same moment neither repeat nor leave out one', async () => {
  const many = await makeWorkspace(h);
  const met: string[] = [];
  for (let n = 0; n < 11; n++) met.push((await meet(h, many)).id);
  await h.admin.query(`update conversation.activity set active_at = '2026-01-01T00:00:00Z' where conversation_id = any($1)`, [
    met.slice(0, 8),
  ]);
  for (const pageSize of [1, 3, 11, 50]) {
    const ids = await listed(many, {}, pageSize);
    expect(ids).toHaveLength(11);
    expect(new Set(ids)).toEqual(new Set(met));
  }
});

test('each filter shows what it names and nothing else', async () => {
  const f = await makeWorkspace(h);
  const [plain, taken, wa, tagged] = [await meet(h, f), await meet(h, f), await meet(h, f, whatsapp(f)), await meet(h, f)];
  await patch(h, f, { conversationId: taken.id, aiMode: 'human', needsHandoff: true });
  await patch(h, f, { conversationId: tagged.id, tags: ['vip', 'late'], setTags: true, status: 'completed' });
  await h.conversations.markRead({ context: f.context, conversationId: plain.id });
  const others = (...left: { id: string }[]) =>
    [plain, taken, wa, tagged]
      .filter((one) => !left.includes(one))
      .map((one) => one.id)
      .sort();
  const of = async (filter: Parameters<typeof listed>[1]) => (await listed(f, filter)).sort();
  expect(await of({ aiMode: 'human' })).toEqual([taken.id]);
  expect(await of({ channel: 'whatsapp' })).toEqual([wa.id]);
  expect(await of({ needsHandoff: true })).toEqual([taken.id]);
  expect(await of({ needsHandoff: false })).toEqual(others(taken));
  expect(await of({ unread: false })).toEqual([plain.id]);
  expect(await of({ tag: 'vip' })).toEqual([tagged.id]);
  expect(await of({ status: 'completed' })).toEqual([tagged.id]);
  expect(await of({ agentId: f.agentId })).toEqual(others());
  expect(await of({ agentId: w.agentId })).toEqual([]);
  expect(await of({ updatedAfter: new Date(Date.now() + 60_000) })).toEqual([]);
  const contact = await row<{ contact_id: string }>(h, 'select contact_id from conversation.conversation where conversation_id = $1', [
    wa.id,
  ]);
  expect(await of({ contactId: contact.contact_id })).toEqual([wa.id]);
});

test('messages, history and dispatches page in both directions without a gap', async () => {
  const { from, id } = await meet(h, w);
  for (let n = 0; n < 6; n++) await send(h, inboundMessage(w, from, { text: String(n) }));
  await settled(h, w, from);
  for (const mode of ['human', 'ai', 'human', 'ai']) await patch(h, w, { conversationId: id, aiMode: mode });
  const pages = async <T>(fetch: (cursor: string) => Promise<{ items: T[]; nextCursor: string }>) => {
    const items: T[] = [];
    let cursor = '';
    do {
      const page = await fetch(cursor);
      expect(page.items.length).toBeLessThanOrEqual(3);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== '');
    return items;
  };
  const at = (cursor: string) => ({ workspaceId: w.workspaceId, conversationId: id, pageSize: 3, cursor });
  const messages = (order: string) =>
    pages(async (cursor) => {
      const page = await h.conversations.listMessages(ListMessagesRequest.fromPartial({ ...at(cursor), order }));
      return { items: page.messages.map((one) => one.sequence), nextCursor: page.nextCursor };
    });
  expect(await messages('asc')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await messages('desc')).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  const history = await pages(async (cursor) => {
    const page = await h.conversations.listModeHistory(at(cursor));
    return { items: page.history.map((one) => one.modeEpoch), nextCursor: page.nextCursor };
  });
  expect(history).toEqual([5, 4, 3, 2]);
  const dispatches = await pages(async (cursor) => {
    const page = await h.conversations.listDispatches(at(cursor));
    return { items: page.dispatches.map((one) => one.dispatchId), nextCursor: page.nextCursor };
  });
  expect(dispatches).toEqual((await dispatchesOf(h, id)).map((one) => one.dispatch_id).reverse());
});

test('a cursor that no list has given is refused', async () => {
  const { id } = await meet(h, w);
  const at = { workspaceId: w.workspaceId, conversationId: id, pageSize: 3 };
  for (const cursor of ['nonsense', Buffer.from('[1,2,3,4]').toString('base64url'), Buffer.from('{}').toString('base64url')]) {
    await expect(h.conversations.listModeHistory({ ...at, cursor })).rejects.toMatchObject({ code: 'invalid_page_token' });
  }
  await expect(h.conversations.listModeHistory({ ...at, pageSize: 251, cursor: '' })).rejects.toMatchObject({ code: 'validation_error' });
  expect((await conversationOf(h, w, (await meet(h, w)).from)).message_count).toBe(1);
});
