import { ListConversationsRequest, ListMessagesRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Agent, ChannelAccount } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meet, patch } from './acts.ts';
import { conversationOf, type Harness, inboundMessage, makeWorkspace, newCustomer, send, startHarness, type Workspace } from './harness.ts';

let h: Harness;
beforeAll(async () => {
  h = await startHarness();
});
afterAll(async () => {
  await h[Symbol.asyncDispose]();
});

type Filter = Parameters<typeof ListConversationsRequest.fromPartial>[0];
const list = (w: Workspace, filter: Filter = {}) =>
  h.conversations.listConversations(ListConversationsRequest.fromPartial({ workspaceId: w.workspaceId, pageSize: 3, ...filter }));
const ids = async (w: Workspace, filter: Filter = {}) => (await list(w, filter)).conversations.map((one) => one.conversationId);

test('pages by offset walk the same list as a cursor, and the total counts what the filters match', async () => {
  const w = await makeWorkspace(h);
  await makeWorkspace(h).then((other) => meet(h, other));
  const met: string[] = [];
  for (let n = 0; n < 7; n++) met.push((await meet(h, w)).id);
  const newestFirst = [...met].reverse();
  expect(await ids(w, { offset: 0 })).toEqual(newestFirst.slice(0, 3));
  expect(await ids(w, { offset: 3 })).toEqual(newestFirst.slice(3, 6));
  expect(await ids(w, { offset: 6 })).toEqual(newestFirst.slice(6));
  expect(await ids(w, { offset: 7 })).toEqual([]);
  expect((await list(w, { offset: 5, withTotal: true })).total).toBe(7);
  expect((await list(w)).total).toBeUndefined();
  // A page by offset tells the cursor behind it, so that a walk can go on without one.
  const first = await list(w, { offset: 0 });
  expect(await ids(w, { cursor: first.nextCursor })).toEqual(newestFirst.slice(3, 6));
  await patch(h, w, { conversationId: met[2]!, status: 'archived' });
  await patch(h, w, { conversationId: met[4]!, aiMode: 'closed' });
  const totalOf = async (filter: Filter) => (await list(w, { withTotal: true, ...filter })).total;
  expect(await totalOf({ archived: true })).toBe(2);
  expect(await totalOf({ archived: false })).toBe(5);
  expect(await totalOf({ closed: true })).toBe(1);
  expect(await totalOf({ statuses: ['archived', 'completed'] })).toBe(1);
  expect(await totalOf({ channels: ['whatsapp', 'voice'] })).toBe(0);
  expect(await totalOf({ channels: ['sms', 'voice'], closed: false })).toBe(6);
});

test('an offset and a cursor at once, or one below zero, are refused', async () => {
  const w = await makeWorkspace(h);
  await expect(list(w, { offset: -1 })).rejects.toMatchObject({ code: 'validation_error' });
  await expect(list(w, { offset: 1, cursor: 'x' })).rejects.toMatchObject({ code: 'validation_error' });
});

test('rows come with their contact where that is asked for', async () => {
  const w = await makeWorkspace(h);
  const { from } = await meet(h, w, { contact: { name: 'Ada', email: '', attributes: { lead_status: 'qualified' } } });
  const [row] = (await list(w, { withContact: true })).conversations;
  expect(row?.contact).toMatchObject({ name: 'Ada', phone: from, attributes: { lead_status: 'qualified' } });
  expect((await list(w)).conversations[0]?.contact).toBeUndefined();
});

test('of each address one conversation is current: an open one before a closed one, then the latest', async () => {
  const w = await makeWorkspace(h);
  const { agentId } = await h.directory.createAgent({
    context: w.context,
    agent: Agent.fromPartial({ displayName: 'Bea', backend: { kind: 'none' } }),
  });
  const { channelAccountId } = await h.directory.createChannelAccount({
    context: w.context,
    channelAccount: ChannelAccount.fromPartial({ provider: 'simulator', channel: 'sms', address: '+15550102', agentId, credentials: {} }),
  });
  const from = newCustomer();
  const current = async () => {
    const found = await list(w, { remoteAddress: from, currentOnly: true, withTotal: true });
    expect(found.total).toBe(found.conversations.length);
    return found.conversations.map((one) => one.conversationId);
  };
  expect(await current()).toEqual([]);
  await send(h, inboundMessage(w, from));
  const { conversation_id: first } = await conversationOf(h, w, from);
  expect(await current()).toEqual([first]);
  await meet(h, w);
  await send(h, inboundMessage(w, from, { agent_id: agentId, channel_account_id: channelAccountId, to: '+15550102' }));
  const { conversation_id: second } = await conversationOf(h, { ...w, agentId }, from);
  expect(await current()).toEqual([second]);
  // Closed, it yields to the open one, though something was said in it later.
  await patch(h, w, { conversationId: second, aiMode: 'closed' });
  expect(await current()).toEqual([first]);
  await patch(h, w, { conversationId: first, aiMode: 'closed' });
  expect(await current()).toEqual([second]);
  expect((await list(w, { currentOnly: true, withTotal: true })).total).toBe(2);
  expect((await list(w, { withTotal: true })).total).toBe(3);
});

test('messages page by offset in both orders, with the total', async () => {
  const w = await makeWorkspace(h);
  const { from, id } = await meet(h, w);
  for (let n = 0; n < 4; n++) await send(h, inboundMessage(w, from, { text: String(n) }));
  await conversationOf(h, w, from, 5);
  const page = async (more: Parameters<typeof ListMessagesRequest.fromPartial>[0]) => {
    const at = { workspaceId: w.workspaceId, conversationId: id, pageSize: 2, withTotal: true };
    const found = await h.conversations.listMessages(ListMessagesRequest.fromPartial({ ...at, ...more }));
    return [found.messages.map((one) => one.sequence), found.total];
  };
  expect(await page({ offset: 0 })).toEqual([[5, 4], 5]);
  expect(await page({ offset: 4 })).toEqual([[1], 5]);
  expect(await page({ offset: 4, order: 'asc' })).toEqual([[5], 5]);
  expect(await page({ offset: 6 })).toEqual([[], 5]);
  expect(await page({ offset: 0, author: 'ai', pageSize: 500 })).toEqual([[], 0]);
});

test('by creation a list keeps its order whatever is written in it, by offset and by cursor, and rows can come with their newest message', async () => {
  const w = await makeWorkspace(h);
  const met: { id: string; from: string }[] = [];
  for (let n = 0; n < 5; n++) met.push(await meet(h, w));
  const newestFirst = met.map(({ id }) => id).reverse();
  const first = await list(w, { byCreation: true, offset: 0, withLatestMessage: true });
  expect(first.conversations.map((one) => one.conversationId)).toEqual(newestFirst.slice(0, 3));
  await send(h, inboundMessage(w, met[0]!.from, { text: 'Me again' }));
  await conversationOf(h, w, met[0]!.from, 2);
  const rest = await list(w, { byCreation: true, offset: 3, withLatestMessage: true });
  expect(rest.conversations.map((one) => one.conversationId)).toEqual(newestFirst.slice(3));
  expect(rest.conversations.at(-1)!.latestMessage).toMatchObject({ text: 'Me again', sequence: 2, author: 'contact' });
  expect(await ids(w, { byCreation: true, cursor: first.nextCursor })).toEqual(newestFirst.slice(3));
  expect((await list(w)).conversations[0]!.latestMessage).toBeUndefined();
});
