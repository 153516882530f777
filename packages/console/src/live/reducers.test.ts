import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import { describe, expect, test } from 'vitest';
import type { Conversation, Message } from '../data/types.ts';
import { applyToDispatches } from './apply-to-dispatches.ts';
import { applyToList, type ConversationPages, insert } from './apply-to-list.ts';
import { addSent, applyToMessages, type MessagePages } from './apply-to-messages.ts';
import { applyToRow } from './apply-to-row.ts';

const at = (second: number) => `2026-11-21T12:00:${String(second).padStart(2, '0')}.000Z`;

function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return {
    conversation_id: id,
    agent_id: 'agt_1',
    channel: 'whatsapp',
    from_number: '+12025550141',
    to_number: '+12025550101',
    ai_mode: 'ai',
    mode_epoch: 1,
    status: 'active',
    subject: null,
    tags: [],
    needs_handoff: false,
    unread: false,
    opt_out: false,
    window_expires_at: null,
    takeover_expires_at: null,
    taken_over_by: null,
    message_count: 1,
    last_message_preview: 'Hi',
    last_message_at: at(0),
    created_at: at(0),
    updated_at: at(0),
    closed_at: null,
    previous_conversation_id: null,
    metadata: {},
    contact: null,
    ...more,
  };
}

const message = (id: string, sequence: number, more: Partial<Message> = {}): Message => ({
  message_id: id,
  conversation_id: 'conv_a',
  sequence,
  direction: 'inbound',
  author: 'contact',
  sender_name: null,
  channel: 'whatsapp',
  text: `text ${sequence}`,
  attachments: [],
  status: 'received',
  error: null,
  segments: 1,
  encoding: null,
  provider_message_id: null,
  dispatch_id: null,
  created_at: at(sequence),
  sent_at: null,
  delivered_at: null,
  read_at: null,
  ...more,
});

function event(event_type: string, conversation_id: string, payload: object): BatonEvent {
  const envelope = { event_id: 'evt_1', workspace_id: 'acc_1', agent_id: 'agt_1', channel: 'whatsapp', sequence: 1, timestamp: at(30) };
  return { ...envelope, event_type, conversation_id, payload } as unknown as BatonEvent;
}

const said = (conversation_id: string, sequence: number, more: Partial<Message> = {}) =>
  event('message.received', conversation_id, { ...message(`msg_${sequence}`, sequence, more), dispatch: null });
const mode = (conversation_id: string, to_mode: string, mode_epoch: number) =>
  event('conversation.mode_changed', conversation_id, {
    conversation_id,
    from_mode: 'ai',
    to_mode,
    mode_epoch,
    actor_user_id: null,
    reason: 'api',
  });

const list = (...pages: Conversation[][]): ConversationPages => ({
  pages: pages.map((conversations) => ({ conversations, next_page_token: null })),
  pageParams: pages.map(() => undefined),
});
const ids = (data: ConversationPages) => data.pages.map((page) => page.conversations.map(({ conversation_id }) => conversation_id));

describe('the row of a conversation', () => {
  test('a customer’s message makes it unread, counts, and opens WhatsApp’s window for a day', () => {
    const row = applyToRow(conversation('conv_a'), said('conv_a', 2, { text: 'New' }));
    expect(row).toMatchObject({
      unread: true,
      message_count: 2,
      last_message_preview: 'New',
      window_expires_at: '2026-11-22T12:00:02.000Z',
    });
  });

  test('a change of mode that another has overtaken changes nothing', () => {
    const row = conversation('conv_a', { ai_mode: 'ai', mode_epoch: 5 });
    expect(applyToRow(row, mode('conv_a', 'human', 4))).toBe(row);
    expect(applyToRow(row, mode('conv_a', 'human', 6))).toMatchObject({ ai_mode: 'human', mode_epoch: 6 });
  });
});

describe('the list', () => {
  const start = list([conversation('conv_a'), conversation('conv_b')], [conversation('conv_c')]);

  test('activity brings a conversation to the top, from whichever page; the latest comes first', () => {
    const { data } = applyToList(start, [said('conv_c', 2), said('conv_b', 3)], { filter: { view: 'all' }, me: null });
    expect(ids(data)).toEqual([['conv_b', 'conv_c', 'conv_a'], []]);
  });

  test('what no longer matches leaves, but not the one that is open', () => {
    const change = [mode('conv_a', 'human', 2), mode('conv_b', 'human', 2)];
    const { data } = applyToList(start, change, { filter: { view: 'ai' }, me: null, openId: 'conv_b' });
    expect(ids(data)).toEqual([['conv_b'], ['conv_c']]);
  });

  test('one’s own are those that one has taken, until a colleague takes them', () => {
    const view = { filter: { view: 'mine' }, me: 'usr_me' } as const;
    const mine = list([conversation('conv_a', { ai_mode: 'human', taken_over_by: 'usr_me' })]);
    expect(ids(applyToList(mine, [said('conv_a', 2)], view).data)).toEqual([['conv_a']]);
    const passed = event('conversation.updated', 'conv_a', { ...conversation('conv_a'), ai_mode: 'human', taken_over_by: 'usr_other' });
    expect(ids(applyToList(mine, [passed], view).data)).toEqual([[]]);
    expect(ids(applyToList(mine, [mode('conv_a', 'ai', 2)], view).data)).toEqual([[]]);
  });

  test('a conversation it does not hold is named, once, and not for a receipt', () => {
    const receipt = event('message.delivered', 'conv_y', message('msg_1', 1));
    const { data, unknown } = applyToList(start, [said('conv_x', 1), said('conv_x', 2), receipt], { filter: { view: 'all' }, me: null });
    expect([...unknown]).toEqual(['conv_x']);
    expect(data).toBe(start);
  });

  test('what was fetched is put where it belongs by time, and only where it matches', () => {
    const row = conversation('conv_x', { last_message_at: at(9) });
    expect(ids(insert(start, row, { filter: { view: 'all' }, me: null }))).toEqual([['conv_x', 'conv_a', 'conv_b'], ['conv_c']]);
    expect(insert(start, row, { filter: { view: 'human' }, me: null })).toBe(start);
  });
});

describe('the thread', () => {
  const thread: MessagePages = {
    pages: [{ messages: [message('msg_2', 2), message('msg_1', 1)], next_page_token: null }],
    pageParams: [undefined],
  };
  const statuses = (data: MessagePages) =>
    data.pages.flatMap((page) => page.messages.map(({ message_id, status }) => [message_id, status]));

  test('new messages come on top in the order of the conversation, known ones take the latest state', () => {
    const sent = message('msg_3', 3, { direction: 'outbound', author: 'ai', status: 'sent' });
    const next = applyToMessages(thread, [
      event('message.queued', 'conv_a', { ...sent, status: 'queued' }),
      said('conv_a', 4),
      event('message.sent', 'conv_a', sent),
    ]);
    expect(statuses(next)).toEqual([
      ['msg_4', 'received'],
      ['msg_3', 'sent'],
      ['msg_2', 'received'],
      ['msg_1', 'received'],
    ]);
  });

  test('the answer of a request that comes after the events of its message takes nothing back', () => {
    const delivered = message('msg_3', 3, { direction: 'outbound', author: 'human', status: 'delivered' });
    const after = applyToMessages(thread, [event('message.delivered', 'conv_a', delivered)]);
    expect(addSent(after, { ...delivered, status: 'queued' })).toBe(after);
  });

  test('a receipt for a message on a page that was never opened adds nothing', () => {
    const old = event('message.read', 'conv_a', message('msg_0', 0, { status: 'read' }));
    expect(statuses(applyToMessages(thread, [old]))).toHaveLength(2);
  });
});

test('a turn begins with the customer’s message, gathers what comes meanwhile, and is settled by its own event', () => {
  const dispatch = { dispatch_id: 'dsp_1', outcome: 'pending', reason: null, due_at: null };
  const begun = [1, 2].map((sequence) => event('message.received', 'conv_a', { ...message(`msg_${sequence}`, sequence), dispatch }));
  const rows = begun.reduce(applyToDispatches, [] as Parameters<typeof applyToDispatches>[0]);
  expect(rows).toMatchObject([{ dispatch_id: 'dsp_1', outcome: 'pending', message_ids: ['msg_1', 'msg_2'] }]);
  const settled = event('dispatch.suppressed', 'conv_a', {
    ...rows[0],
    outcome: 'suppressed',
    reason: 'stale_epoch',
    conversation_id: 'conv_a',
  });
  expect(applyToDispatches(rows, settled)).toMatchObject([{ outcome: 'suppressed', reason: 'stale_epoch', settled_at: at(30) }]);
});
