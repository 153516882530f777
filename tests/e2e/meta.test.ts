import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeProvider, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { type InboundTap, tapInbound } from '../support/inbound-tap.ts';
import { sharedProduct } from '../support/product.ts';
import { deliver, signedByMeta, tampered } from '../support/webhooks.ts';
import { type Account, freshNumber, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const credentials = {
  app_secret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  verify_token: 'my verify token',
  access_token: 'EAAGtoken',
  phone_number_id: '106540352242922',
};

let database: Database;
let provider: FakeProvider;
let workspace: Workspace;
let account: Account;
let tap: InboundTap;

beforeAll(async () => {
  database = openDatabase(product);
  provider = await startFakeProvider({ meta: credentials });
  workspace = await makeWorkspace(product);
  account = await workspace.addChannel({
    provider: 'meta',
    channel: 'whatsapp',
    address: '+12025550161',
    credentials: { ...credentials, api_base: provider.url },
  });
  tap = await tapInbound(product, workspace);
});

afterAll(async () => {
  await tap?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test('Meta’s question at set-up is answered with its challenge, and only with the right token', async () => {
  const ask = (token: string) =>
    fetch(`${account.webhook_url}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${encodeURIComponent(token)}`);
  const right = await eventually(
    () => ask(credentials.verify_token),
    ({ status }) => status === 200,
  );
  expect(await right.text()).toBe('1158201444');
  expect((await ask('guessed')).status).toBe(401);
});

test('one body with several entries, messages and statuses mixed, becomes conversations and receipts', async () => {
  const [ada, bruno, carla] = [freshNumber(), freshNumber(), freshNumber()];
  await post(envelope([messages([textFrom(ada, 'Olá', 'Ada')])]));
  const sent = await sendTo(ada, 1);
  expect(sent).toMatchObject({ kind: 'meta', from: credentials.phone_number_id, text: 'Echo: Olá' });
  await eventually(
    () => outbound(ada),
    (row) => row?.status === 'sent',
  );

  await post(
    envelope(
      [
        messages([textFrom(bruno, 'Primeira', 'Bruno'), textFrom(carla, 'Segunda', 'Carla')]),
        statuses([status(sent.providerMessageId, 'delivered', ada)]),
      ],
      [
        statuses([status(sent.providerMessageId, 'read', ada), status('wamid.nobodys', 'sent', ada)]),
        messages([imageFrom(bruno, 'the broken one')]),
      ],
      [foreign('messages', 'to another number')],
    ),
  );
  expect((await sendTo(carla, 1)).text).toBe('Echo: Segunda');
  const read = await eventually(
    () => outbound(ada),
    (row) => row?.status === 'read',
  );
  expect(read).toMatchObject({
    delivered_at: expect.any(String),
    read_at: expect.any(String),
    provider_message_id: sent.providerMessageId,
  });
  const row = await eventually(
    () => workspace.conversationOf(bruno),
    (found) => found?.message_count >= 3,
  );
  const thread = await workspace.must('GET', `/v1/conversations/${row.conversation_id}/messages?order=asc&author=contact`);
  expect(thread.messages.map(({ text }: Json) => text)).toEqual(['Primeira', 'the broken one']);
  expect(thread.messages[1].attachments).toMatchObject([{ content_type: 'image/jpeg' }]);
  expect(await workspace.must('GET', `/v1/conversations/${row.conversation_id}`)).toMatchObject({
    contact: { name: 'Bruno', phone: bruno },
  });
  expect(await database.rows("select 1 from conversation.message where text = 'to another number'")).toEqual([]);
});

test('the same body again, as Meta repeats it for days, changes nothing', async () => {
  const from = freshNumber();
  const body = envelope([messages([textFrom(from, 'Once', 'Dora')])]);
  for (let time = 0; time < 3; time += 1) await post(body);
  await sendTo(from, 1);
  const row = await workspace.conversationOf(from);
  expect(row.message_count).toBe(2);
});

test('an answer from the phone app takes the conversation over', async () => {
  const from = freshNumber();
  await post(envelope([messages([textFrom(from, 'Anyone?', 'Eva')])]));
  await sendTo(from, 1);
  const echo = {
    from: account.address.slice(1),
    to: from.slice(1),
    id: wamid(),
    timestamp: seconds(),
    type: 'text',
    text: { body: 'It is me, Grace' },
  };
  await post(
    envelope([{ value: { messaging_product: 'whatsapp', metadata: number(), message_echoes: [echo] }, field: 'smb_message_echoes' }]),
  );
  const row = await eventually(
    () => workspace.conversationOf(from),
    (found) => found?.message_count === 3,
  );
  const whole = await workspace.must('GET', `/v1/conversations/${row.conversation_id}`);
  expect(whole).toMatchObject({ ai_mode: 'human', mode_epoch: 2 });
  expect(whole.messages[0]).toMatchObject({ author: 'human', direction: 'outbound', text: 'It is me, Grace' });
});

test('with one byte changed it is 401 and leaves no trace, in NATS or in Postgres', async () => {
  const [from, later] = [freshNumber(), freshNumber()];
  await eventually(
    () =>
      database.rows("select 1 from conversation.message where workspace_id = $1 and status in ('queued', 'sending')", [
        workspace.workspaceId,
      ]),
    (open) => open.length === 0,
  );
  const before = tap.published.length;
  const good = signedByMeta(
    credentials.app_secret,
    account.webhook_url,
    envelope([messages([textFrom(from, 'Transfer it all', 'Mallory')])]),
  );
  const forged = [
    tampered(good),
    { ...good, body: `${good.body} ` },
    { ...good, headers: { 'content-type': 'application/json' } },
    signedByMeta('another secret', good.url, JSON.parse(good.body)),
  ];
  for (const signed of forged) expect((await deliver(signed)).status).toBe(401);
  await post(envelope([messages([textFrom(later, 'Honest', 'Flora')])]));
  await sendTo(later, 1);
  expect(tap.published.slice(before).map(({ data }) => JSON.parse(data).text)).toEqual(['Honest']);
  expect(
    await database.rows('select 1 from conversation.conversation where workspace_id = $1 and remote_address = $2', [
      workspace.workspaceId,
      from,
    ]),
  ).toEqual([]);
  expect(await database.rows("select 1 from conversation.message where text like 'Transfer%'")).toEqual([]);
});

test('a failure that Meta reports later is shown with its code', async () => {
  const from = freshNumber();
  await post(envelope([messages([textFrom(from, 'Hello', 'Gil')])]));
  const sent = await sendTo(from, 1);
  const error = { code: 131047, title: 'Re-engagement message', error_data: { details: 'More than 24 hours have passed' } };
  await post(envelope([statuses([{ ...status(sent.providerMessageId, 'failed', from), errors: [error] }])]));
  const failed = await eventually(
    () => outbound(from),
    (row) => row?.status === 'failed',
  );
  expect(failed.error).toMatchObject({ code: 'window_expired' });
});

function number() {
  return { display_phone_number: account.address.slice(1), phone_number_id: credentials.phone_number_id };
}

function envelope(...changes: unknown[][]) {
  return {
    object: 'whatsapp_business_account',
    entry: changes.map((change, index) => ({ id: `10229012431222${index}`, changes: change })),
  };
}

function messages(list: { from: string; contact: string }[]) {
  const contacts = list.map(({ from, contact }) => ({ profile: { name: contact }, wa_id: from }));
  const bare = list.map(({ contact: _, ...message }) => message);
  return { value: { messaging_product: 'whatsapp', metadata: number(), contacts, messages: bare }, field: 'messages' };
}

function statuses(list: unknown[]) {
  return { value: { messaging_product: 'whatsapp', metadata: number(), statuses: list }, field: 'messages' };
}

function foreign(field: string, text: string) {
  const metadata = { display_phone_number: '12025550169', phone_number_id: '999999999999999' };
  return { value: { messaging_product: 'whatsapp', metadata, messages: [textFrom(freshNumber(), text, 'Nobody')] }, field };
}

function textFrom(from: string, body: string, contact: string) {
  return { from: from.slice(1), id: wamid(), timestamp: seconds(), type: 'text', text: { body }, contact };
}

function imageFrom(from: string, caption: string) {
  const image = { caption, mime_type: 'image/jpeg', sha256: 'abc', id: '1003383421387256' };
  return { from: from.slice(1), id: wamid(), timestamp: seconds(), type: 'image', image, contact: 'Bruno' };
}

function status(id: string | undefined, word: string, to: string) {
  return {
    id,
    status: word,
    timestamp: seconds(),
    recipient_id: to.slice(1),
    conversation: { id: 'c', origin: { type: 'service' } },
    pricing: { billable: true },
  };
}

function wamid(): string {
  return `wamid.${Buffer.from(crypto.randomUUID()).toString('base64')}`;
}

function seconds(): string {
  return String(Math.floor(Date.now() / 1000));
}

async function post(body: unknown): Promise<void> {
  const answer = await deliver(signedByMeta(credentials.app_secret, account.webhook_url, body));
  expect(answer).toEqual({ status: 200, text: '' });
}

async function sendTo(to: string, nth: number) {
  const calls = await eventually(
    () => provider.accepted().filter((one) => one.to === to.slice(1)),
    (found) => found.length >= nth,
    { what: `send ${nth} to ${to}` },
  );
  const call = calls[nth - 1];
  if (!call) throw new Error('unreachable');
  return call;
}

async function outbound(address: string): Promise<Json> {
  const row = await workspace.conversationOf(address);
  const { messages: list } = await workspace.must('GET', `/v1/conversations/${row?.conversation_id}/messages`);
  return list.find(({ direction }: Json) => direction === 'outbound');
}
