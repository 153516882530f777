import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import {
  CannedReply,
  ChangeTagRequest,
  ListCannedRepliesRequest,
  type TagChange,
} from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { context, event, meet, patch, row, writeByHand } from './acts.ts';
import { beginTurn, commitReply, type Harness, makeWorkspace, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
let stranger: Workspace;
beforeAll(async () => {
  h = await startHarness({ instances: 2, rowsByHand: true });
  w = await makeWorkspace(h);
  stranger = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const hours = { shortcut: 'hours', title: 'Opening hours', text: 'We are open from 12 to 22 o’clock.' };
const create = (given: Partial<CannedReply>, at = w, commandId = '') =>
  h.inbox.createCannedReply({ context: context(at, commandId), cannedReply: CannedReply.fromPartial(given) });
const update = (id: string, given: Partial<CannedReply>, at = w) =>
  h.inbox.updateCannedReply({
    context: context(at),
    cannedReplyId: id,
    fields: Object.keys(given),
    cannedReply: CannedReply.fromPartial(given),
  });
const shortcuts = async (given: Partial<ListCannedRepliesRequest>, at = w) =>
  (await h.inbox.listCannedReplies(ListCannedRepliesRequest.fromPartial({ ...given, workspaceId: at.workspaceId }))).cannedReplies.map(
    (one) => one.shortcut,
  );

const tagged = async (tags: string[], at = w) => {
  const { id } = await meet(h, at);
  await patch(h, at, { conversationId: id, setTags: true, tags });
  return id;
};
const tagsOf = async (id: string) =>
  (await row<{ tags: string[] }>(h, 'select tags from conversation.conversation where conversation_id = $1', [id])).tags;
const counts = async (at: Workspace) => {
  const { tags } = await h.inbox.listTags({ workspaceId: at.workspaceId, pageSize: 0, cursor: '' });
  return Object.fromEntries(tags.map((one) => [one.name, one.conversations]));
};
const change = (tag: string, more: Partial<ChangeTagRequest> = {}, at = w, commandId = ''): Promise<TagChange> =>
  h.inbox.changeTag(ChangeTagRequest.fromPartial({ tag, ...more, context: context(at, commandId) } as never));

/** Asked again until it is over. */
const changed = (tag: string, more: Partial<ChangeTagRequest>, at: Workspace, commandId = '') =>
  eventually(
    () => change(tag, more, at, commandId),
    (one) => one.state === 'done',
  );

test('a canned reply is made, found by any part of it, changed and deleted; who wrote it last is named', async () => {
  const own = await makeWorkspace(h);
  const made = await create({ ...hours, shortcut: 'Hours', language: 'pt-BR', tags: [' faq ', 'faq'] }, own);
  expect(made).toMatchObject({ ...hours, language: 'pt-BR', tags: ['faq'], updatedBy: { kind: 'api_key', id: 'key_test' } });
  expect(await h.inbox.getCannedReply({ workspaceId: own.workspaceId, cannedReplyId: made.cannedReplyId })).toEqual(made);
  await create({ ...hours, shortcut: 'address', title: 'Where we are', text: 'Via Łąkowa 100%' }, own);
  expect(await shortcuts({}, own)).toEqual(['address', 'hours']);
  for (const query of ['HOUR', 'łĄK', '100%', 'where']) expect((await shortcuts({ query }, own)).length, query).toBe(1);
  expect(await shortcuts({ query: '_' }, own)).toEqual([]);
  expect(await shortcuts({ language: 'PT-br' }, own)).toEqual(['hours']);
  expect(await shortcuts({ tag: 'faq' }, own)).toEqual(['hours']);
  const changed = await update(made.cannedReplyId, { title: 'Times', language: undefined }, own);
  expect(changed).toMatchObject({ shortcut: 'hours', title: 'Times', text: hours.text, tags: ['faq'] });
  expect(changed.language).toBeUndefined();
  const at = { context: context(own), cannedReplyId: made.cannedReplyId };
  await h.inbox.deleteCannedReply(at);
  await expect(h.inbox.deleteCannedReply(at)).rejects.toMatchObject({ code: 'not_found' });
  expect(await shortcuts({}, own)).toEqual(['address']);
});

test('a shortcut is one canned reply’s, however many want it at once, and one command makes one', async () => {
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => create({ ...hours, shortcut: 'mine' })));
  const [won] = tries.filter((one) => one.status === 'fulfilled');
  for (const one of tries.filter((one) => one.status === 'rejected'))
    expect(one.reason).toMatchObject({
      code: 'conflict',
      problems: [{ path: '/shortcut', message: `belongs to ${won!.value.cannedReplyId}` }],
    });
  expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  expect(await create({ ...hours, shortcut: 'mine' }, stranger)).toMatchObject({ shortcut: 'mine' });
  const commandId = newId('event');
  const made = await Promise.all(Array.from({ length: 8 }, () => create({ ...hours, shortcut: 'once' }, w, commandId)));
  expect(new Set(made.map((one) => one.cannedReplyId)).size).toBe(1);
  await expect(update(made[0]!.cannedReplyId, { shortcut: 'MINE' })).rejects.toMatchObject({ code: 'conflict' });
  expect(await update(made[0]!.cannedReplyId, { shortcut: 'Once', title: 'Once' })).toMatchObject({ title: 'Once' });
});

test('what can be no canned reply is refused by field, and another workspace’s does not exist', async () => {
  const wrong: [Partial<CannedReply>, string][] = [
    [{ shortcut: 'a b' }, '/shortcut'],
    [{ shortcut: '/a' }, '/shortcut'],
    [{ title: ' ' }, '/title'],
    [{ text: '\n' }, '/text'],
    [{ language: 'english please' }, '/language'],
    [{ tags: ['x'.repeat(101)] }, '/tags'],
  ];
  const { cannedReplyId } = await create({ ...hours, shortcut: 'right' });
  for (const [given, path] of wrong) {
    await expect(create({ ...hours, shortcut: 'wrong', ...given })).rejects.toMatchObject({ problems: [{ path }] });
    await expect(update(cannedReplyId, given)).rejects.toMatchObject({ problems: [{ path }] });
  }
  const missing = { code: 'not_found' };
  await expect(update(cannedReplyId, { title: 'Theirs' }, stranger)).rejects.toMatchObject(missing);
  await expect(h.inbox.getCannedReply({ workspaceId: stranger.workspaceId, cannedReplyId })).rejects.toMatchObject(missing);
  await expect(h.inbox.deleteCannedReply({ context: context(stranger), cannedReplyId })).rejects.toMatchObject(missing);
});

test('pages of canned replies leave nothing out while others are made', async () => {
  const own = await makeWorkspace(h);
  for (const letter of ['b', 'd', 'f', 'h', 'j']) await create({ ...hours, shortcut: letter }, own);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await h.inbox.listCannedReplies(
      ListCannedRepliesRequest.fromPartial({ workspaceId: own.workspaceId, pageSize: 2, cursor }),
    );
    seen.push(...page.cannedReplies.map((one) => one.shortcut));
    if (page.nextCursor === '') break;
    cursor = page.nextCursor;
    await create({ ...hours, shortcut: `a${seen.length}` }, own);
  }
  expect(seen).toEqual(['b', 'd', 'f', 'h', 'j']);
});

test('tags have one spelling wherever they come from, and a limit that no AI gets past', async () => {
  const { id } = await meet(h, w);
  await patch(h, w, { conversationId: id, setTags: true, tags: [' late \n order ', 'late order', 'VIP'] });
  expect(await tagsOf(id)).toEqual(['late order', 'VIP']);
  const { conversations } = await h.conversations.listConversations(
    ListConversationsRequest.fromPartial({ workspaceId: w.workspaceId, tag: ' late  order' }),
  );
  expect(conversations.map((one) => one.conversationId)).toEqual([id]);
  for (const tags of [[' '], ['x'.repeat(101)]])
    await expect(patch(h, w, { conversationId: id, setTags: true, tags })).rejects.toMatchObject({ problems: [{ path: '/tags' }] });
  const many = Array.from({ length: 51 }, (_, i) => `t${i}`);
  await expect(patch(h, w, { conversationId: id, setTags: true, tags: many })).rejects.toMatchObject({ problems: [{ path: '/tags' }] });
  await patch(h, w, { conversationId: id, setTags: true, tags: many.slice(2) });
  const { dispatchId } = await beginTurn(h, w, id);
  await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'Yes', more: { tags: [' ', ' ai ', 'one too many'] } });
  expect(await tagsOf(id)).toEqual([...many.slice(2), 'ai']);
  await patch(h, w, { conversationId: id, needsHandoff: true });
});

test('tags are counted, renamed, merged and taken away in every conversation, open or closed, and each says so', async () => {
  const own = await makeWorkspace(h);
  const [first, second] = [await tagged(['vip', 'a'], own), await tagged(['a', 'regular'], own)];
  const closed = await tagged(['vip', 'regular'], own);
  await patch(h, own, { conversationId: closed, aiMode: 'closed' });
  const theirs = await tagged(['vip'], stranger);
  expect(await counts(own)).toEqual({ a: 2, regular: 2, vip: 2 });

  await expect(change('vip', { becomes: 'regular' }, own)).rejects.toMatchObject({ code: 'conflict', problems: [{ path: '/name' }] });
  await expect(change('vip', { becomes: ' vip' }, own)).rejects.toMatchObject({ problems: [{ path: '/name' }] });
  await expect(change('nothing', { becomes: 'x' }, own)).rejects.toMatchObject({ code: 'not_found' });
  await expect(change('nothing', {}, own)).rejects.toMatchObject({ code: 'not_found' });

  expect(await changed('a', { becomes: ' b' }, own)).toMatchObject({ tag: 'a', becomes: 'b', state: 'done', conversations: 2 });
  expect(await changed('vip', { becomes: 'regular', merge: true }, own)).toMatchObject({ state: 'done', conversations: 2 });
  expect([await tagsOf(first), await tagsOf(second), await tagsOf(closed)]).toEqual([['regular', 'b'], ['b', 'regular'], ['regular']]);
  expect(await counts(own)).toEqual({ b: 2, regular: 3 });
  await event(h, first, 'conversation.updated', 3);
  expect(h.events.of(first).at(-1)).toMatchObject({ payload: { tags: ['regular', 'b'] } });

  expect(await changed('regular', {}, own)).toMatchObject({ state: 'done', conversations: 3 });
  // Asked again, it tells what was done; put to use again, it is taken away again.
  expect(await changed('regular', {}, own)).toMatchObject({ state: 'done', conversations: 3 });
  const later = await tagged(['regular'], own);
  expect(await changed('regular', {}, own)).toMatchObject({ conversations: 1 });
  expect(await tagsOf(later)).toEqual([]);
  expect(await counts(own)).toEqual({ b: 2 });
  expect(await tagsOf(theirs)).toEqual(['vip']);
});

test('pages of tags leave none out, and one command changes once', async () => {
  const own = await makeWorkspace(h);
  const id = await tagged(['e', 'c', 'a', 'd', 'b'], own);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await h.inbox.listTags({ workspaceId: own.workspaceId, pageSize: 2, cursor });
    seen.push(...page.tags.map((one) => one.name));
    if (page.nextCursor === '') break;
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  const commandId = newId('event');
  const all = await Promise.all(Array.from({ length: 8 }, () => change('c', { becomes: 'x' }, own, commandId)));
  for (const one of all) expect(one).toMatchObject({ tag: 'c', becomes: 'x' });
  await patch(h, own, { conversationId: id, addTags: ['c'] });
  expect(await changed('c', { becomes: 'x' }, own, commandId)).toMatchObject({ state: 'done', conversations: 1 });
  expect(await tagsOf(id)).toEqual(['e', 'x', 'a', 'd', 'b', 'c']);
});

test('a tag of more conversations than a batch is renamed while people write in them, and no message or tag is lost', async () => {
  const own = await makeWorkspace(h);
  const { id, from } = await meet(h, own);
  // What a long life brings, in one statement: as many again as a batch and a half.
  await h.admin.query(
    `insert into conversation.conversation select (jsonb_populate_record(c, jsonb_build_object(
       'conversation_id', left(c.conversation_id, 26) || lpad(n::text, 5, '0'), 'remote_address', c.remote_address || n, 'tags', array['old']))).*
     from conversation.conversation c, generate_series(1, 150) n where c.conversation_id = $1`,
    [id],
  );
  await patch(h, own, { conversationId: id, setTags: true, tags: ['old'] });
  const writing = (async () => {
    for (let i = 0; i < 20; i++) {
      await writeByHand(h, own, { conversationId: id, text: `${i} for ${from}`, takeover: false, commandId: newId('event') });
      await patch(h, own, { conversationId: id, addTags: [`note ${i}`] });
    }
  })();
  const done = await changed('old', { becomes: 'new' }, own);
  await writing;
  expect(done.conversations).toBe(151);
  const tags = await tagsOf(id);
  expect(tags).toHaveLength(21);
  expect(tags[0]).toBe('new');
  const of = await counts(own);
  expect([of['old'], of['new']]).toEqual([undefined, 151]);
  const stored = await row<{ n: number }>(h, 'select count(*)::int as n from conversation.message where conversation_id = $1', [id]);
  expect(stored.n).toBe(21);
});

test('what a process left half done is finished by whoever is there, from where it was: a tag that was put back behind it stays', async () => {
  const own = await makeWorkspace(h);
  const [behind, ahead] = [await tagged(['left'], own), await tagged(['left'], own)];
  await h.admin.query(
    `insert into conversation.tag_change (workspace_id, tag, becomes, state, place, conversations, actor_kind, actor_id, requested_at)
     values ($1, 'left', 'found', 'running', $2, 1, 'api_key', 'key_test', now())`,
    [own.workspaceId, behind],
  );
  await eventually(
    () => tagsOf(ahead),
    (tags) => tags[0] === 'found',
  );
  expect(await tagsOf(behind)).toEqual(['left']);
});

test('of two changes of one tag that are asked for at once one is made, and the other refused', async () => {
  const own = await makeWorkspace(h);
  const id = await tagged(['one'], own);
  const wanted = ['a', 'b', 'c', 'd'];
  const asked = await Promise.allSettled(wanted.map((becomes) => change('one', { becomes }, own)));
  const [made, ...others] = asked.filter((answer) => answer.status === 'fulfilled');
  expect(others).toEqual([]);
  for (const answer of asked)
    if (answer.status === 'rejected') expect(['conflict', 'not_found']).toContain((answer.reason as { code: string }).code);
  await eventually(
    () => tagsOf(id),
    (tags) => tags[0] === made!.value.becomes,
  );
});

test('the index of tags says what the conversations say', async () => {
  const { rows } = await h.admin.query(
    `select * from (
       (select workspace_id, tag, conversation_id from conversation.conversation, unnest(tags) tag
        except select workspace_id, tag, conversation_id from conversation.conversation_tag)
       union all
       (select workspace_id, tag, conversation_id from conversation.conversation_tag
        except select workspace_id, tag, conversation_id from conversation.conversation, unnest(tags) tag)) d`,
  );
  expect(rows).toEqual([]);
});
