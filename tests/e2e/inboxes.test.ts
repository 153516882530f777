import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeProvider, type ProviderAnswer, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { deliver, signedByMeta } from '../support/webhooks.ts';
import { type Account, freshNumber, makeWorkspace, type Workspace } from '../support/workspace.ts';

/** WhatsApp Cloud, Messenger, Instagram and Telegram through the whole product, with a stub that keeps the providers' documented rules. */

const product = sharedProduct();
const secrets = { app_secret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', verify_token: 'verify', access_token: 'EAAGinbox' };
const bot = { bot_token: '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw', secret_token: 'sesame' };
const phone = { number: '+12025550162', phone_number_id: '106540352242933' };
const pages = { facebook: '1906385232743451', instagram: '17841400000000000' };

interface Inbox {
  account: Account;
  /** A customer nobody has heard of. */
  customer(): string;
  says(customer: string, text: string): Promise<void>;
  /** The provider shows something as sent in our name; `ours`: our message's id, where it brings that back. */
  shows(customer: string, text: string, at: { id: string; ours?: string }): Promise<void>;
  read?(customer: string, providerMessageId: string): Promise<void>;
}

let provider: FakeProvider;
let workspace: Workspace;
const inboxes = new Map<string, Inbox>();
const answers = new Map<string, ProviderAnswer[]>();

beforeAll(async () => {
  provider = await startFakeProvider({ meta: secrets, telegram: bot });
  // By customer, in order; when a customer's answers are used up the message is taken on.
  provider.respond((call) => answers.get(call.kind === 'meta' ? `+${call.to}` : call.to)?.shift() ?? 'accept');
  workspace = await makeWorkspace(product);
  for (const channel of ['facebook', 'instagram'] as const) inboxes.set(channel, await metaInbox(channel));
  inboxes.set('whatsapp', await whatsappInbox());
  inboxes.set('telegram', await telegramInbox());
});
afterAll(() => provider?.[Symbol.asyncDispose]());

let people = 0;
const number = () => 7_000_000 + ++people;

async function metaInbox(channel: 'facebook' | 'instagram'): Promise<Inbox> {
  const page = pages[channel];
  const credentials = { ...secrets, page_id: page, api_base: provider.url };
  const account = await workspace.addChannel({ provider: 'meta', channel, address: page, credentials });
  const post = async (item: object) => {
    const entry = [{ id: page, time: Date.now(), messaging: [{ timestamp: Date.now(), ...item }] }];
    const body = { object: channel === 'facebook' ? 'page' : 'instagram', entry };
    expect(await deliver(signedByMeta(secrets.app_secret, account.webhook_url, body))).toEqual({ status: 200, text: '' });
  };
  const from = (customer: string, item: object) => post({ sender: { id: customer }, recipient: { id: page }, ...item });
  return {
    account,
    customer: () => String(number()),
    says: (customer, text) => from(customer, { message: { mid: `m_${crypto.randomUUID()}`, text } }),
    shows: (customer, text, { id, ours }) =>
      post({
        sender: { id: page },
        recipient: { id: customer },
        message: { mid: id, is_echo: true, text, ...(ours && channel === 'facebook' && { metadata: ours }) },
      }),
    read: (customer) => from(customer, { read: { watermark: Date.now() + 1000 } }),
  };
}

async function whatsappInbox(): Promise<Inbox> {
  const { number: address, phone_number_id } = phone;
  const credentials = { ...secrets, phone_number_id, api_base: provider.url };
  const account = await workspace.addChannel({ provider: 'meta', channel: 'whatsapp', address, credentials });
  const metadata = { display_phone_number: address.slice(1), phone_number_id };
  const post = async (value: object, field = 'messages') => {
    const changes = [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }];
    const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes }] };
    expect(await deliver(signedByMeta(secrets.app_secret, account.webhook_url, body))).toEqual({ status: 200, text: '' });
  };
  const written = (id: string, text: string) => ({
    id,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: text },
  });
  return {
    account,
    customer: freshNumber,
    says: (customer, text) => post({ messages: [{ from: customer.slice(1), ...written(`wamid.${crypto.randomUUID()}`, text) }] }),
    shows: (customer, text, { id }) =>
      post({ message_echoes: [{ from: address.slice(1), to: customer.slice(1), ...written(id, text) }] }, 'smb_message_echoes'),
    read: (customer, id) =>
      post({ statuses: [{ id, status: 'read', timestamp: String(Math.floor(Date.now() / 1000)), recipient_id: customer.slice(1) }] }),
  };
}

async function telegramInbox(): Promise<Inbox> {
  const account = await workspace.addChannel({
    provider: 'telegram',
    channel: 'telegram',
    address: '@rosa_bot',
    credentials: { ...bot, api_base: provider.url },
  });
  let updates = 0;
  const post = async (chat: string, message: object) => {
    const [id, connection] = chat.split('@') as [string, string];
    updates += 1;
    const whole = {
      date: Math.floor(Date.now() / 1000),
      chat: { id: Number(id), type: 'private' },
      business_connection_id: connection,
      ...message,
    };
    const answer = await deliver({
      url: account.webhook_url,
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': bot.secret_token },
      body: JSON.stringify({ update_id: updates, business_message: whole }),
    });
    expect(answer).toEqual({ status: 200, text: '' });
  };
  return {
    account,
    customer: () => `${number()}@bc-1`,
    says: (chat, text) =>
      post(chat, { message_id: 1_000_000 + number(), from: { id: Number(chat.split('@')[0]), first_name: 'Ada' }, text }),
    shows: (chat, text, { id }) =>
      post(chat, { message_id: Number(id.split(':')[1] ?? number()), from: { id: 7, first_name: 'Grace' }, text }),
  };
}

const conversation = async (customer: string): Promise<Json> => {
  const row = await eventually(
    () => workspace.conversationOf(customer),
    (found) => found !== undefined,
  );
  return workspace.must('GET', `/v1/conversations/${row.conversation_id}`);
};
const outbound = async (customer: string): Promise<Json> =>
  (await conversation(customer)).messages.find(({ direction }: Json) => direction === 'outbound');
const outboundIs = (customer: string, status: string) =>
  eventually(
    () => outbound(customer),
    (message) => message?.status === status,
    { what: `a message ${status}`, timeoutMs: 30_000 },
  );
const callsTo = (customer: string) => provider.calls.filter((call) => call.to === customer.replace('+', ''));

describe.concurrent.each(['whatsapp', 'facebook', 'instagram', 'telegram'])('%s', (name) => {
  const inbox = () => inboxes.get(name)!;

  test('a customer’s words are answered by the AI, and what becomes of the answer is shown', async () => {
    const customer = inbox().customer();
    await inbox().says(customer, 'Olá');
    const sent = await outboundIs(customer, 'sent');
    const [call] = callsTo(customer);
    expect(call).toMatchObject({ accepted: true, text: 'Echo: Olá', providerMessageId: sent.provider_message_id });
    await inbox().read?.(customer, sent.provider_message_id);
    if (inbox().read) expect(await outboundIs(customer, 'read')).toMatchObject({ read_at: expect.any(String) });
  });

  test('a colleague who answers outside takes over, and the AI is silent from then on', async () => {
    const customer = inbox().customer();
    await inbox().says(customer, 'Anyone?');
    await outboundIs(customer, 'sent');
    await inbox().shows(customer, 'It is me, Grace', { id: `m_${crypto.randomUUID()}` });
    const taken = await eventually(
      () => conversation(customer),
      (found) => found.ai_mode === 'human',
    );
    expect(taken.messages[0]).toMatchObject({ author: 'human', direction: 'outbound', text: 'It is me, Grace', status: 'sent' });
    await inbox().says(customer, 'Thank you');
    await eventually(
      () => conversation(customer),
      (found) => found.message_count === 4,
    );
    expect(callsTo(customer)).toHaveLength(1);
  });

  test('our own words, shown by the provider before it has answered the send, are no takeover', async () => {
    const customer = inbox().customer();
    answers.set(customer, [{ accept: true, delayMs: 1500 }]);
    await inbox().says(customer, 'Quick');
    const [call] = await eventually(
      () => callsTo(customer),
      (calls) => calls[0]?.providerMessageId !== undefined,
    );
    const ours = (await outbound(customer)).message_id;
    await inbox().shows(customer, 'Echo: Quick', { id: call!.providerMessageId!, ours });
    await outboundIs(customer, 'sent');
    await inbox().says(customer, 'And now?');
    await eventually(
      () => callsTo(customer),
      (calls) => calls.length === 2,
    );
    expect(await conversation(customer)).toMatchObject({ ai_mode: 'ai', mode_epoch: 1 });
  });

  test('too many requests are tried again; what may have arrived is not', async () => {
    const [later, lost, broken] = [inbox().customer(), inbox().customer(), inbox().customer()];
    answers.set(later, [{ status: 429, headers: { 'retry-after': '1' }, json: { ok: false, parameters: { retry_after: 1 } } }]);
    answers.set(lost, ['accept-then-reset']);
    answers.set(broken, [{ status: 502, json: {} }]);
    await Promise.all([later, lost, broken].map((customer) => inbox().says(customer, 'Hi')));
    await outboundIs(later, 'sent');
    expect(callsTo(later).map((call) => call.accepted)).toEqual([false, true]);
    for (const customer of [lost, broken]) {
      await outboundIs(customer, 'unknown');
      expect(callsTo(customer)).toHaveLength(1);
    }
    if (name !== 'facebook') return;
    // Messenger's echo carries our id, so it tells the fate of what nobody knew of.
    const message = await outbound(lost);
    await inbox().shows(lost, 'Echo: Hi', { id: callsTo(lost)[0]!.providerMessageId!, ours: message.message_id });
    await outboundIs(lost, 'sent');
    expect(await conversation(lost)).toMatchObject({ ai_mode: 'ai', message_count: 2 });
  });
});
