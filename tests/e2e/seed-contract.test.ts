import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';

// What an existing client of the native API relies on, line by line.

const product = sharedProduct();
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DAY_MS = 86_400_000;

let workspace: Workspace;
let sms: Account;
let whatsapp: Account;
let onSms: Customer;
let onWhatsapp: Customer;

beforeAll(async () => {
  workspace = await makeWorkspace(product);
  sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550121' });
  whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550122' });
  onSms = workspace.customer(sms);
  onWhatsapp = workspace.customer(whatsapp);
  for (const customer of [onSms, onWhatsapp]) {
    await customer.says('Hi');
    await customer.heard(1);
  }
});

test('a row of the list has every field of the contract, of its type, and no ai_mode', async () => {
  const { conversations } = await workspace.must('GET', '/v1/conversations?page_size=20');
  expect(conversations.map(({ from_number }: Json) => from_number)).toEqual([onWhatsapp.address, onSms.address]);
  for (const row of conversations) {
    expect(row).toMatchObject({
      conversation_id: expect.stringMatching(/^conv_/),
      agent_id: workspace.agentId,
      channel: expect.stringMatching(/^(sms|whatsapp)$/),
      from_number: expect.stringMatching(/^\+\d+$/),
      to_number: expect.stringMatching(/^\+\d+$/),
      opt_out: false,
      created_at: expect.stringMatching(TIME),
      updated_at: expect.stringMatching(TIME),
      last_message_at: expect.stringMatching(TIME),
      message_count: 2,
      last_message_preview: 'Echo: Hi',
      needs_handoff: false,
      unread: true,
    });
    for (const field of ['ai_mode', 'mode_epoch', 'contact', 'messages']) expect(row).not.toHaveProperty(field);
  }
});

test('window_expires_at is null for SMS, and for WhatsApp a day after the last message from the customer', async () => {
  expect((await workspace.conversationOf(onSms.address)).window_expires_at).toBeNull();
  const row = await workspace.conversationOf(onWhatsapp.address);
  const { messages } = await workspace.must('GET', `/v1/conversations/${row.conversation_id}`);
  const lastInbound = messages.find(({ direction }: Json) => direction === 'inbound');
  expect(row.window_expires_at).toMatch(TIME);
  expect(Math.abs(Date.parse(row.window_expires_at) - Date.parse(lastInbound.created_at) - DAY_MS)).toBeLessThan(5_000);
});

test('the list is filtered by agent and channel', async () => {
  const addresses = async (query: string): Promise<string[]> =>
    (await workspace.must('GET', `/v1/conversations?${query}`)).conversations.map(({ from_number }: Json) => from_number);
  expect(await addresses('channel=sms')).toEqual([onSms.address]);
  expect(await addresses('channel=whatsapp')).toEqual([onWhatsapp.address]);
  expect(await addresses(`agent_id=${workspace.agentId}`)).toHaveLength(2);
  const other = await workspace.must('POST', '/v1/agents', { display_name: 'Idle', backend: { kind: 'echo' } });
  expect(await addresses(`agent_id=${other.agent_id}`)).toEqual([]);
});

test('pages follow by page_token, each row once, and the last page has no next', async () => {
  const seen: string[] = [];
  let token = '';
  do {
    const page: Json = await workspace.must('GET', `/v1/conversations?page_size=1${token && `&page_token=${encodeURIComponent(token)}`}`);
    expect(page.conversations.length).toBeLessThanOrEqual(1);
    seen.push(...page.conversations.map(({ conversation_id }: Json) => conversation_id));
    token = page.next_page_token ?? '';
  } while (token !== '');
  expect(new Set(seen).size).toBe(2);
  expect(seen).toHaveLength(2);
});

test('one conversation comes with its mode and its messages, newest first, in pages', async () => {
  const { conversation_id: id } = await workspace.conversationOf(onSms.address);
  const whole = await workspace.must('GET', `/v1/conversations/${id}`);
  expect(whole).toMatchObject({
    ai_mode: 'ai',
    mode_epoch: 1,
    created_at: expect.stringMatching(TIME),
    window_expires_at: null,
    contact: { contact_id: expect.stringMatching(/^ctc_/), phone: onSms.address },
  });
  expect(whole.messages.map(({ text, sequence }: Json) => [sequence, text])).toEqual([
    [2, 'Echo: Hi'],
    [1, 'Hi'],
  ]);
  const first = await workspace.must('GET', `/v1/conversations/${id}?page_size=1`);
  expect(first.messages.map(({ sequence }: Json) => sequence)).toEqual([2]);
  const second = await workspace.must('GET', `/v1/conversations/${id}?page_size=1&page_token=${encodeURIComponent(first.next_page_token)}`);
  expect(second.messages.map(({ sequence }: Json) => sequence)).toEqual([1]);
});

test('every message names its conversation, whichever way it is read', async () => {
  const { conversation_id: id } = await workspace.conversationOf(onSms.address);
  const { messages } = await workspace.must('GET', `/v1/conversations/${id}/messages?order=asc`);
  for (const message of messages) {
    expect(message.conversation_id).toBe(id);
    expect(await workspace.must('GET', `/v1/messages/${message.message_id}`)).toMatchObject({ conversation_id: id, text: message.text });
  }
});

test('SMS and WhatsApp of one number and one agent are one conversation', async () => {
  const both = workspace.customer(whatsapp, { from: onSms.address });
  await both.says('Now by WhatsApp');
  expect(await both.heard(1)).toEqual(['Echo: Now by WhatsApp']);
  const { conversations } = await workspace.must('GET', '/v1/conversations');
  const rows = conversations.filter(({ from_number }: Json) => from_number === onSms.address);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ channel: 'whatsapp', message_count: 4, window_expires_at: expect.stringMatching(TIME) });
});

test('STOP sets opt_out, silences the AI and refuses sends; START lifts it', async () => {
  await onWhatsapp.says('stop');
  const { conversation_id: id } = await workspace.conversationOf(onWhatsapp.address);
  await eventually(
    async () => (await workspace.conversationOf(onWhatsapp.address)).opt_out,
    (optOut) => optOut === true,
  );
  const refused = await workspace.call('POST', `/v1/conversations/${id}/messages`, { body: { body: 'But wait' } });
  expect(refused.status).toBe(422);
  expect(refused.body.code).toBe('recipient_opted_out');
  await onWhatsapp.says('Start');
  await eventually(
    async () => (await workspace.conversationOf(onWhatsapp.address)).opt_out,
    (optOut) => optOut === false,
  );
  await onWhatsapp.says('Are you there?');
  expect(await onWhatsapp.heard(2)).toEqual(['Echo: Hi', 'Echo: Are you there?']);
  const { dispatches } = await workspace.must('GET', `/v1/conversations/${id}/dispatches`);
  expect(dispatches.map(({ outcome }: Json) => outcome)).toEqual(['replied', 'suppressed', 'suppressed', 'replied']);
});
