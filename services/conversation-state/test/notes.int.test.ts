import {
  ListConversationsRequest,
  SendMessageRequest,
  UpdateConversationRequest,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { ListChannelAccountsRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, context, event, meet, patch, writeByHand } from './acts.ts';
import { beginTurn, claim, commitReply, type Harness, makeWorkspace, record, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
let stranger: Workspace;
beforeAll(async () => {
  h = await startHarness({ instances: 2 });
  w = await makeWorkspace(h);
  stranger = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const update = UpdateConversationRequest.fromPartial({});
const message = SendMessageRequest.fromPartial({ text: 'By hand', takeover: true });
const canary = 'xanadu-7141';
const as = (id: string, commandId = '', at = w) => ({ ...context(at, commandId), actor: { kind: 'user', id } });
const note = (conversationId: string, text: string, by = as('usr_a')) => h.inbox.createNote({ context: by, conversationId, text });
const listed = async (conversationId: string, at = w) =>
  (await h.inbox.listNotes({ workspaceId: at.workspaceId, conversationId, pageSize: 0, cursor: '' })).notes;
const whose = async (userId: string) => {
  const { conversations } = await h.conversations.listConversations(
    ListConversationsRequest.fromPartial({ workspaceId: w.workspaceId, takenOverBy: userId, withTotal: true }),
  );
  return conversations.map((one) => one.conversationId);
};

test('notes are added, changed by their author and deleted; each is told of, and none of its text', async () => {
  const { id } = await meet(h, w);
  const first = await note(id, `Calls herself ${canary}`);
  const second = await note(id, 'Second', as('usr_b'));
  expect(first).toMatchObject({ conversationId: id, author: { kind: 'user', id: 'usr_a' }, updatedBy: { id: 'usr_a' } });
  expect(await listed(id)).toEqual([second, first]);
  const page = await h.inbox.listNotes({ workspaceId: w.workspaceId, conversationId: id, pageSize: 1, cursor: '' });
  const next = await h.inbox.listNotes({ workspaceId: w.workspaceId, conversationId: id, pageSize: 1, cursor: page.nextCursor });
  expect([page.notes, next]).toEqual([[second], { notes: [first], nextCursor: '' }]);

  const change = { conversationId: id, noteId: second.noteId, text: `No: ${canary}` };
  const refused = { code: 'forbidden' };
  await expect(h.inbox.updateNote({ ...change, context: as('usr_a'), anyAuthor: false })).rejects.toMatchObject(refused);
  await expect(h.inbox.deleteNote({ ...change, context: as('usr_a'), anyAuthor: false })).rejects.toMatchObject(refused);
  const changed = await h.inbox.updateNote({ ...change, context: as('usr_owner'), anyAuthor: true });
  expect(changed).toMatchObject({ text: change.text, author: { id: 'usr_b' }, updatedBy: { id: 'usr_owner' } });
  await h.inbox.deleteNote({ context: as('usr_a'), conversationId: id, noteId: first.noteId, anyAuthor: false });
  expect(await listed(id)).toEqual([changed]);
  for (const text of ['', '  ', 'x'.repeat(10_001)]) await expect(note(id, text)).rejects.toMatchObject({ code: 'validation_error' });

  const told = await event(h, id, 'conversation.note_changed', 4);
  expect(told.map(({ payload }) => payload)).toEqual([
    { conversation_id: id, note_id: first.noteId, action: 'added', actor_user_id: 'usr_a' },
    { conversation_id: id, note_id: second.noteId, action: 'added', actor_user_id: 'usr_b' },
    { conversation_id: id, note_id: second.noteId, action: 'edited', actor_user_id: 'usr_owner' },
    { conversation_id: id, note_id: first.noteId, action: 'deleted', actor_user_id: 'usr_a' },
  ]);
  // What the AI is shown, what is searched, and what others are told of.
  const turn = await beginTurn(h, w, id);
  expect(JSON.stringify(turn, (_, value) => (typeof value === 'bigint' ? Number(value) : value))).not.toContain(canary);
  await commitReply(h, w, { conversationId: id, dispatchId: turn.dispatchId, epoch: 1, text: 'Good day' });
  await event(h, id, 'dispatch.completed');
  expect(JSON.stringify(h.events.all)).not.toContain(canary);
});

test('one command makes one note, also in a closed conversation; nobody else’s conversation has it', async () => {
  const { id } = await meet(h, w);
  await patch(h, w, { conversationId: id, aiMode: 'closed' });
  const commandId = newId('event');
  const [one, two] = await Promise.all([note(id, 'Once', as('usr_a', commandId)), note(id, 'Once', as('usr_a', commandId))]);
  expect(one).toEqual(two);
  expect(await listed(id)).toEqual([one]);
  const missing = { code: 'not_found' };
  await expect(listed(id, stranger)).rejects.toMatchObject(missing);
  await expect(note(id, 'x', as('usr_a', '', stranger))).rejects.toMatchObject(missing);
  const at = { context: as('usr_a', '', stranger), noteId: one.noteId, anyAuthor: true };
  await expect(h.inbox.deleteNote({ ...at, conversationId: id })).rejects.toMatchObject(missing);
  const { id: theirs } = await meet(h, stranger);
  await expect(h.inbox.deleteNote({ ...at, conversationId: theirs })).rejects.toMatchObject(missing);
  await expect(h.inbox.updateNote({ ...at, conversationId: theirs, text: 'x' })).rejects.toMatchObject(missing);
});

test('a conversation is the user’s who took it over until another one takes it, and is listed as theirs', async () => {
  const [{ id }, { id: other }] = [await meet(h, w), await meet(h, w)];
  const take = (conversationId: string, userId: string, aiMode = 'human') =>
    h.conversations.updateConversation({ ...update, conversationId, aiMode, context: as(userId) });
  const { conversation } = await take(id, 'usr_x');
  expect(conversation).toMatchObject({ takenOverBy: 'usr_x' });
  expect([await whose('usr_x'), await whose('usr_y')]).toEqual([[id], []]);
  // The same again tells nobody anything; another person's asking changes whose it is, not who answers.
  await take(id, 'usr_x');
  const { conversation: passed, changed } = await take(id, 'usr_y');
  expect([passed?.takenOverBy, passed?.modeEpoch, changed]).toEqual(['usr_y', conversation!.modeEpoch, false]);
  const updates = await event(h, id, 'conversation.updated');
  expect(updates.map(({ payload }) => payload)).toMatchObject([{ taken_over_by: 'usr_y', ai_mode: 'human' }]);
  expect([await whose('usr_x'), await whose('usr_y')]).toEqual([[], [id]]);

  // A key alone takes it over for nobody in particular: it becomes the first person's who answers, and stays theirs.
  await patch(h, w, { conversationId: other, aiMode: 'human' });
  expect(await whose('usr_z')).toEqual([]);
  for (const userId of ['usr_z', 'usr_y']) await h.conversations.sendMessage({ ...message, conversationId: other, context: as(userId) });
  expect([await whose('usr_z'), await whose('usr_y')]).toEqual([[other], [id]]);
  await take(other, 'usr_z', 'ai');
  expect(await whose('usr_z')).toEqual([]);
  await writeByHand(h, w, { conversationId: id });
  expect(await whose('usr_y')).toEqual([id]);
});

test('what each workspace receives, sends and fails at is counted by whichever instance, and its accounts tell when they last did', async () => {
  const own = await makeWorkspace(h);
  const [sent, failed] = [await answered(h, own), await answered(h, own)];
  for (const [{ id, messageId }, outcome] of [
    [sent, 'sent'],
    [failed, 'failed'],
  ] as const) {
    await claim(h, own, id, messageId);
    // The same again counts nothing.
    for (let i = 0; i < 2; i++)
      await record(h, own, { conversationId: id, messageId, claim: 1, outcome, providerMessageId: outcome === 'sent' ? messageId : '' });
  }
  const account = async () => await h.directory.getChannelAccount({ workspaceId: own.workspaceId, channelAccountId: own.sms });
  const told = await eventually(account, ({ lastSentAt, lastErrorAt }) => lastSentAt !== undefined && lastErrorAt !== undefined);
  expect(told).toMatchObject({ lastReceivedAt: expect.any(Date), lastErrorCode: 'test_error' });
  const figures = async (at: Workspace) => h.traffic.getTraffic({ workspaceId: at.workspaceId, minutes: 3 });
  const { total, outcomes, minutes, openDeadLetters } = await eventually(
    () => figures(own),
    (found) => found.total!.replied === 2 && found.total!.sent === 1,
  );
  expect(total).toMatchObject({ received: 2, replied: 2, sent: 1, failed: 1 });
  expect([outcomes, minutes.length, openDeadLetters]).toEqual([[{ outcome: 'replied', reason: undefined, count: 2 }], 3, 0]);
  expect((await figures(await makeWorkspace(h))).total).toMatchObject({ received: 0, replied: 0, sent: 0, failed: 0 });
  const { channelAccounts } = await h.directory.listChannelAccounts(
    ListChannelAccountsRequest.fromPartial({ workspaceId: own.workspaceId }),
  );
  expect(channelAccounts.map((one) => [one.channel, one.lastReceivedAt !== undefined])).toEqual([
    ['whatsapp', false],
    ['sms', true],
  ]);
});
