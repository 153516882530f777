import {
  type ContactRecord,
  CreateContactRequest,
  ListContactsRequest,
  UpdateContactRequest,
} from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { context, event, meet, patch, row, sendTo, settled } from './acts.ts';
import { conversationOf, type Harness, inboundMessage, makeWorkspace, newCustomer, send, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
let stranger: Workspace;
beforeAll(async () => {
  h = await startHarness({ instances: 2 });
  w = await makeWorkspace(h);
  stranger = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

type Given<T extends { fromPartial(o: never): unknown }> = Parameters<T['fromPartial']>[0];

const create = (given: Given<typeof CreateContactRequest>, at = w, commandId = '') =>
  h.contacts.createContact(CreateContactRequest.fromPartial({ ...given, context: context(at, commandId) } as never));
const update = (contactId: string, given: Given<typeof UpdateContactRequest>, at = w) =>
  h.contacts.updateContact(
    UpdateContactRequest.fromPartial({ fields: Object.keys(given), ...(given as object), contactId, context: context(at) } as never),
  );
const merge = (contactId: string, fromContactId: string, at = w, commandId = '') =>
  h.contacts.mergeContacts({ contactId, fromContactId, context: context(at, commandId) });
const get = (contactId: string, at = w) => h.contacts.getContact({ workspaceId: at.workspaceId, contactId });
const list = async (given: Given<typeof ListContactsRequest>, at = w) =>
  h.contacts.listContacts(ListContactsRequest.fromPartial({ ...(given as object), workspaceId: at.workspaceId } as never));
const idOf = (record: ContactRecord) => record.contact!.contactId;
const contactOf = async (conversationId: string) =>
  (await row<{ contact_id: string }>(h, 'select contact_id from conversation.conversation where conversation_id = $1', [conversationId]))
    .contact_id;

test('a contact is made, read, changed by a merge patch, and its history tells which fields but no values', async () => {
  const phone = newCustomer();
  const made = await create({ name: 'Ada', phone, email: 'ada@example.com', attributes: { lead_status: 'new', a: { b: 1, c: 2 } } });
  expect(await get(idOf(made))).toEqual(made);
  expect(made.addresses).toEqual([
    { kind: 'email', address: 'ada@example.com' },
    { kind: 'phone', address: phone },
  ]);
  const changed = await update(idOf(made), {
    attributes: { lead_status: 'qualified', in_sequence: true, a: { b: null } },
    email: undefined,
  });
  expect(changed.contact).toMatchObject({ name: 'Ada', phone, attributes: { lead_status: 'qualified', in_sequence: true, a: { c: 2 } } });
  expect(changed.contact!.email).toBeUndefined();
  expect(changed.addresses).toEqual([{ kind: 'phone', address: phone }]);
  const { history } = await h.contacts.listContactHistory({
    workspaceId: w.workspaceId,
    contactId: idOf(made),
    pageSize: 0,
    cursor: '',
  });
  expect(history.map((one) => [one.action, one.detail, one.actor])).toEqual([
    ['updated', { fields: ['email', 'attributes'] }, { kind: 'api_key', id: 'key_test' }],
    ['created', {}, { kind: 'api_key', id: 'key_test' }],
  ]);
  expect((await create({ email: 'ada@example.com' })).contact!.email).toBe('ada@example.com');
});

test('an address is one contact’s: a second one is refused with the name of the first, however many try at once', async () => {
  const phone = newCustomer();
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => create({ phone })));
  const won = tries.filter((one) => one.status === 'fulfilled');
  expect(won).toHaveLength(1);
  const id = idOf(won[0]!.value);
  for (const one of tries)
    if (one.status === 'rejected') {
      expect(one.reason).toMatchObject({ code: 'conflict', problems: [{ path: '/phone', message: `belongs to ${id}` }] });
    }
  expect(await create({ phone }, stranger)).toMatchObject({ contact: { phone } });
});

test('a contact made at once with the first message of its number is the one contact of the conversation', async () => {
  for (let i = 0; i < 10; i++) {
    const from = newCustomer();
    const [made] = await Promise.allSettled([create({ phone: from }), send(h, inboundMessage(w, from))]);
    const conversation = await conversationOf(h, w, from);
    const contact = await contactOf(conversation.conversation_id);
    if (made.status === 'fulfilled') expect(contact).toBe(idOf(made.value));
    else expect(made.reason).toMatchObject({ code: 'conflict', problems: [{ message: `belongs to ${contact}` }] });
  }
});

test('a name that is given with a conversation is in the contact’s history too, once', async () => {
  const { id } = await meet(h, w);
  for (let i = 0; i < 2; i++) await patch(h, w, { conversationId: id, contactName: 'Grace' });
  const contactId = await contactOf(id);
  const { history } = await h.contacts.listContactHistory({ workspaceId: w.workspaceId, contactId, pageSize: 0, cursor: '' });
  expect(history.map((one) => [one.action, one.detail, one.actor?.id])).toEqual([['updated', { fields: ['name'] }, 'key_test']]);
});

test('one command id makes one contact', async () => {
  const commandId = newId('event');
  const made = await Promise.all(Array.from({ length: 8 }, () => create({ name: 'Once' }, w, commandId)));
  expect(new Set(made.map(idOf)).size).toBe(1);
});

test('what can be no contact is refused by field', async () => {
  await expect(create({ phone: '123' })).rejects.toMatchObject({ code: 'validation_error', problems: [{ path: '/phone' }] });
  await expect(create({ email: 'x' })).rejects.toMatchObject({ problems: [{ path: '/email' }] });
  await expect(create({ name: ' ' })).rejects.toMatchObject({ problems: [{ path: '/name' }] });
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`n${i}`, i]));
  await expect(create({ attributes: many })).rejects.toMatchObject({ problems: [{ path: '/attributes' }] });
  const made = await create({ attributes: { a: 'x'.repeat(9000) } });
  await expect(update(idOf(made), { attributes: { b: 'x'.repeat(9000) } })).rejects.toMatchObject({ problems: [{ path: '/attributes' }] });
});

test('a number is released when the contact gets another, but not while a conversation goes by it', async () => {
  const [first, second] = [newCustomer(), newCustomer()];
  const quiet = await create({ phone: first });
  expect((await update(idOf(quiet), { phone: second })).addresses).toEqual([{ kind: 'phone', address: second }]);
  await create({ phone: first });

  const { from, id } = await meet(h, w);
  const talking = await contactOf(id);
  const moved = await update(talking, { phone: newCustomer() });
  expect(moved.addresses.map((one) => one.address)).toContain(from);
  await send(h, inboundMessage(w, from));
  await conversationOf(h, w, from, 2);
  expect(await contactOf(id)).toBe(talking);
});

test('twenty patches of twenty attributes at once, and messages that teach the name, all stand', async () => {
  const { from, id } = await meet(h, w);
  const contact = await contactOf(id);
  const work = Array.from({ length: 20 }, (_, i) => update(contact, { attributes: { [`n${i}`]: i } }));
  await send(h, inboundMessage(w, from, { contact: { name: 'Ada', email: `${from.slice(1)}@example.com`, attributes: undefined } }));
  await Promise.all(work);
  await settled(h, w, from);
  const now = await get(contact);
  expect(Object.keys(now.contact!.attributes!)).toHaveLength(20);
  expect(now.contact).toMatchObject({ name: 'Ada', email: `${from.slice(1)}@example.com` });
});

test('lists find by phone, e-mail, part of the name and attribute, newest first, and pages leave out nobody', async () => {
  const own = await makeWorkspace(h);
  const made: ContactRecord[] = [];
  for (let i = 0; i < 7; i++)
    made.push(await create({ name: `Łucja 100%_${i}`, email: `l${i}@example.com`, attributes: { tier: i % 2 } }, own));
  const ids = made.map(idOf).reverse();
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await list({ pageSize: 2, cursor }, own);
    seen.push(...page.contacts.map(idOf));
    if (page.nextCursor === '') break;
    cursor = page.nextCursor;
    // Newer ones come before what was read: no page repeats or leaves out.
    await create({ name: 'Later' }, own);
  }
  expect(seen).toEqual(ids);
  const found = async (filter: object) => (await list(filter, own)).contacts.map((one) => one.contact!.name);
  expect(await found({ name: 'cja 100%_3' })).toEqual(['Łucja 100%_3']);
  expect(await found({ name: 'CJA 100%_3' })).toEqual(['Łucja 100%_3']);
  expect(await found({ name: 'łUCJA 100%_3' })).toEqual(['Łucja 100%_3']);
  expect(await found({ name: '%cja' })).toEqual([]);
  expect(await found({ email: 'l4@example.com' })).toEqual(['Łucja 100%_4']);
  expect(await found({ phone: '+15550000001' })).toEqual([]);
  expect(await found({ attributes: { tier: '1' } })).toEqual([5, 3, 1].map((i) => `Łucja 100%_${i}`));
  expect((await list({ name: 'ucja' }, stranger)).contacts).toEqual([]);
});

test('a merge moves addresses and conversations, keeps what the target has, and the old id answers with the new', async () => {
  const one = await meet(h, w, { contact: { name: 'Ada', email: '', attributes: { lead_status: 'new', city: 'Rom' } } });
  const two = await meet(h, w, { contact: { name: '', email: `${newId('event')}@example.com`, attributes: { lead_status: 'won' } } });
  const closed = await meet(h, w);
  const [into, from, third] = [await contactOf(two.id), await contactOf(one.id), await contactOf(closed.id)];
  await patch(h, w, { conversationId: closed.id, aiMode: 'closed' });
  await merge(from, third);
  const merged = await merge(into, from);
  expect(merged).toMatchObject({ contact: { contactId: into, name: 'Ada', phone: two.from }, conversationCount: 3 });
  expect(merged.contact!.attributes).toEqual({ lead_status: 'won', city: 'Rom' });
  expect(merged.addresses.map((a) => a.address)).toEqual(expect.arrayContaining([one.from, two.from, closed.from]));
  expect(merged.mergedIds.sort()).toEqual([from, third].sort());
  for (const old of [from, third, into]) expect((await get(old)).contact!.contactId).toBe(into);
  for (const { id } of [one, two, closed]) expect(await contactOf(id)).toBe(into);
  const listed = ListConversationsRequest.fromPartial({ workspaceId: w.workspaceId, contactId: from });
  expect((await h.conversations.listConversations(listed)).conversations).toHaveLength(3);
  expect((await update(third, { name: 'Countess' })).contact).toMatchObject({ contactId: into, name: 'Countess' });
  const kept = await row<{ remote_address: string }>(h, 'select * from conversation.conversation where conversation_id = $1', [one.id]);
  expect(kept.remote_address).toBe(one.from);
  await event(h, one.id, 'conversation.updated');
  expect(h.events.of(one.id).at(-1)!.payload).toMatchObject({ contact_id: into });
  const tombstone = await row(h, 'select name, phone, email, attributes from conversation.contact where contact_id = $1', [from]);
  expect(tombstone).toEqual({ name: null, phone: null, email: null, attributes: {} });
  await send(h, inboundMessage(w, closed.from));
  expect(await contactOf((await conversationOf(h, w, closed.from)).conversation_id)).toBe(into);
});

test('a contact is not merged with itself, with a stranger’s, or with nobody', async () => {
  const made = idOf(await create({}));
  await expect(merge(made, made)).rejects.toMatchObject({ code: 'validation_error' });
  await expect(merge(made, newId('contact'))).rejects.toMatchObject({ code: 'not_found' });
  const theirs = idOf(await create({}, stranger));
  await expect(merge(made, theirs)).rejects.toMatchObject({ code: 'not_found' });
  await expect(merge(theirs, made)).rejects.toMatchObject({ code: 'not_found' });
  await expect(get(theirs)).rejects.toMatchObject({ code: 'not_found' });
  await expect(update(theirs, { name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
});

test('merges while first messages, replies and sends pour in leave no conversation with a tombstone', async () => {
  for (let i = 0; i < 6; i++) {
    const [a, b] = [newCustomer(), newCustomer()];
    const [into, from] = [idOf(await create({ phone: a })), idOf(await create({ phone: b }))];
    const commandId = newId('event');
    const merging = [merge(into, from, w, commandId), merge(into, from, w, commandId)];
    const traffic = [a, b, a, b].map((address) => send(h, inboundMessage(w, address)));
    const [first, second] = await Promise.all(merging);
    await Promise.all([...traffic, sendTo(h, w, { to: b })]);
    expect(idOf(first!)).toBe(idOf(second!));
    await settled(h, w, b);
    for (const address of [a, b]) expect(await contactOf((await conversationOf(h, w, address)).conversation_id)).toBe(into);
  }
  const { lost } = await row<{ lost: number }>(
    h,
    `select count(*)::int as lost from conversation.conversation v join conversation.contact c using (contact_id) where c.merged_into is not null`,
  );
  expect(lost).toBe(0);
});

test('opposite merges of the same two at once end as one contact', async () => {
  const [one, two] = [idOf(await create({ name: 'One' })), idOf(await create({ name: 'Two' }))];
  const results = await Promise.allSettled([merge(one, two), merge(two, one)]);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect(idOf(await get(one))).toBe(idOf(await get(two)));
});

test('a contact is deleted only while nobody has talked to it', async () => {
  const phone = newCustomer();
  const made = idOf(await create({ phone }));
  await h.contacts.deleteContact({ contactId: made, context: context(w) });
  await expect(get(made)).rejects.toMatchObject({ code: 'not_found' });
  await create({ phone });
  const { id } = await meet(h, w);
  const talking = await contactOf(id);
  await expect(h.contacts.deleteContact({ contactId: talking, context: context(w) })).rejects.toMatchObject({ code: 'conflict' });
  await expect(h.contacts.deleteContact({ contactId: talking, context: context(stranger) })).rejects.toMatchObject({ code: 'not_found' });
});

test('tenants who share customers never share a contact, also when one batch serves both', async () => {
  const customers = Array.from({ length: 30 }, newCustomer);
  const named = (name: string) => ({ contact: { name, email: 'shared@example.com', attributes: undefined } });
  await Promise.all(
    customers.flatMap((from) => [
      send(h, inboundMessage(w, from, named('Ours'))),
      send(h, inboundMessage(stranger, from, named('Theirs'))),
    ]),
  );
  for (const from of customers) {
    for (const at of [w, stranger]) {
      const contact = await contactOf((await conversationOf(h, at, from)).conversation_id);
      expect((await get(contact, at)).contact).toMatchObject({ phone: from, name: at === w ? 'Ours' : 'Theirs' });
    }
  }
});
