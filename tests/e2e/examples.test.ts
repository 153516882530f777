import { eventually } from '@baton/testkit/eventually.ts';
import { startFakeAi } from '@baton/testkit/fake-ai.ts';
import { startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import { beforeAll, expect, inject, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { Captor } from '../support/examples/captor.ts';
import { tapInbound } from '../support/inbound-tap.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, simulatedPhone } from '../support/workspace.ts';

// The examples in /openapi.json are the answers to these requests; `npm run examples` writes them anew. An operation without a step here is asked as the
// document shows it; a step shows it at its best, and lets every run compare the answer.

const product = sharedProduct();

let captor: Captor;
let workspaceId: string;
let agentId: string;
let sms: Account;
let customer: Customer;
let conversation: { conversation_id: string };

beforeAll(async () => {
  captor = await Captor.open(product);
});

test('a workspace is set up', async () => {
  const made = await captor.capture('createWorkspace', { body: { name: 'Rosa’s Trattoria' } });
  workspaceId = made.workspace_id;
  captor.useKey(made.api_key);
  await captor.capture('getWorkspace', { path: { workspace_id: workspaceId } });
  await captor.capture('updateWorkspace', { path: { workspace_id: workspaceId }, body: { name: 'Rosa’s Osteria' } });

  const body = { display_name: 'Clara', language: 'en', backend: { kind: 'echo' } };
  agentId = (await captor.capture('createAgent', { body })).agent_id;
  await captor.capture('listAgents');
  await captor.capture('getAgent', { path: { agent_id: agentId } });
  await captor.capture('updateAgent', { path: { agent_id: agentId }, body: { takeover_timeout_seconds: 900 } });

  sms = await captor.capture('createChannel', { body: simulated('sms') });
  await captor.capture('listChannels', { query: { agent_id: agentId } });
  await captor.capture('getChannel', { path: { channel_account_id: sms.channel_account_id } });
  await captor.capture('updateChannel', { path: { channel_account_id: sms.channel_account_id }, body: { enabled: true } });
  await captor.capture('createStreamTicket', { body: {} });
});

test('a customer writes, is answered, and a person takes over', async () => {
  customer = simulatedPhone(product, sms, { name: 'Ada Lovelace', from: '+12025550141' });
  await customer.says('Do you deliver?');
  await customer.heard(1, 60_000);
  conversation = { conversation_id: (await captor.ask('listConversations', {})).body.conversations[0].conversation_id };
  await settled(conversation);
  await captor.capture('listConversations', { query: { channel: 'sms', page_size: '20' } });
  const { messages } = await captor.capture('getConversation', { path: conversation });
  await captor.capture('listMessages', { path: conversation, query: { order: 'asc' } });
  await captor.capture('getMessage', { path: { message_id: messages[0].message_id } });
  await captor.capture('listDispatches', { path: conversation });

  await captor.capture('updateConversation', {
    path: conversation,
    query: { drain: 'true' },
    body: { ai_mode: 'human', reason: 'allergy' },
  });
  await captor.capture('sendMessage', { path: conversation, body: { body: 'This is Rosa. Which nuts?', sender_name: 'Rosa' } });
  await settled(conversation);
  await captor.capture('markRead', { path: conversation, body: {} });
  await captor.capture('resumeAi', { path: conversation, body: { dispatch_pending: false } });
  await captor.capture('listModeHistory', { path: conversation });
});

test('we write first', async () => {
  const started = {
    agent_id: agentId,
    channel: 'sms',
    to: '+12025550142',
    contact: { name: 'Grace Hopper' },
    message: { body: 'Your table is ready.' },
  };
  await captor.capture('createConversation', { body: started });
  const addressed = { agent_id: agentId, channel: 'sms', to_number: '+12025550143', body: 'Your order is on its way.' };
  await captor.capture('sendToAddress', { body: addressed });
  const menu = [{ url: 'https://files.example.com/menu.pdf', content_type: 'application/pdf', size: 48_210, name: 'menu.pdf' }];
  const { message_id } = (await captor.ask('sendToAddress', { body: { ...addressed, body: 'Our menu', attachments: menu } })).body;
  await captor.capture('createAttachmentLink', { path: { message_id, index: '0' }, body: { expires_in_seconds: 300 } });
  await captor.ask('createChannel', { body: simulated('whatsapp') });
  const template = {
    agent_id: agentId,
    to_number: '+12025550144',
    template_name: 'reminder',
    language_code: 'en_US',
    parameters: ['Ada', '8 pm'],
  };
  await captor.capture('sendTemplate', { body: template });
});

test('customers are kept, and who wants no messages gets none', async () => {
  const grace = { name: 'Grace Hopper', email: 'grace@example.com', attributes: { lead_status: 'new' } };
  const { contact_id } = await captor.capture('createContact', { body: grace });
  await captor.capture('updateContact', { path: { contact_id }, body: { attributes: { lead_status: 'won' } } });
  const { contact } = (await captor.ask('getConversation', { path: conversation })).body;
  await captor.capture('mergeContacts', { path: { contact_id: contact.contact_id }, body: { from: contact_id } });
  await captor.capture('getContact', { path: { contact_id: contact.contact_id } });
  await captor.capture('listContacts', { query: { page_size: '1' } });
  await captor.capture('listContactHistory', { path: { contact_id: contact.contact_id } });

  const path = { address: '+12025550149' };
  await captor.capture('setOptOut', { path, body: { agent_id: agentId } });
  await captor.capture('listOptOuts', { query: { agent_id: agentId } });
  const refused = { agent_id: agentId, channel: 'sms', to_number: path.address, body: 'Our offers' };
  await captor.captureProblem('sendToAddress', { body: refused });
  await captor.capture('liftOptOut', { path, query: { agent_id: agentId } });
  await captor.capture('listOptOutHistory', { path, query: { agent_id: agentId } });
  const { contact_id: gone } = (await captor.ask('createContact', { body: { name: 'Nobody' } })).body;
  await captor.capture('deleteContact', { path: { contact_id: gone } });
});

test('people have texts ready, and sort by tags', async () => {
  const hours = { shortcut: 'hours', title: 'Opening hours', text: 'We are open from 12 to 22 o’clock.', language: 'en', tags: ['faq'] };
  const { canned_reply_id } = await captor.capture('createCannedReply', { body: hours });
  await captor.capture('updateCannedReply', { path: { canned_reply_id }, body: { text: 'We are open from 11 to 22 o’clock.' } });
  await captor.capture('getCannedReply', { path: { canned_reply_id } });
  await captor.capture('listCannedReplies', { query: { query: 'open' } });
  await captor.capture('deleteCannedReply', { path: { canned_reply_id } });

  await captor.ask('updateConversation', { path: conversation, body: { tags: ['allergy', 'vip'] } });
  await captor.capture('listTags');
  for (const [operation, request] of [
    ['renameTag', { path: { tag_name: 'vip' }, body: { name: 'regular' } }],
    ['deleteTag', { path: { tag_name: 'regular' } }],
  ] as const) {
    // Asked again it answers the same, once it is done.
    await eventually(
      () => captor.ask(operation, request),
      ({ body }) => body.state === 'done',
    );
    await captor.capture(operation, request);
  }
});

test('people note what the others should know', async () => {
  const { note_id } = await captor.capture('createNote', { path: conversation, body: { text: 'Allergic to peanuts, her mother says.' } });
  const path = { ...conversation, note_id };
  await captor.capture('updateNote', { path, body: { text: 'Allergic to all nuts, her mother says.' } });
  await captor.capture('listNotes', { path: conversation });
  await captor.capture('deleteNote', { path });
});

test('people and programs get in', async () => {
  const person = { email: 'rosa@example.com', display_name: 'Rosa', role: 'operator' };
  const { user_id } = await captor.capture('createUser', { body: person });
  await captor.capture('listUsers');
  await captor.capture('getUser', { path: { user_id } });
  await captor.capture('updateUser', { path: { user_id }, body: { role: 'owner' } });
  await captor.capture('listAuditLog', { query: { operation: 'updateUser' } });
  await captor.ask('createUser', { body: { ...person, email: 'ada@example.com', role: 'owner' } });
  await captor.capture('deleteUser', { path: { user_id } });

  const { api_key_id, api_key } = await captor.capture('createApiKey', { body: { name: 'Dashboard', scopes: ['read'] } });
  await captor.capture('listApiKeys');
  await captor.capture('getApiKey', { path: { api_key_id } });
  await captor.capture('updateApiKey', { path: { api_key_id }, body: { name: 'Wall display' } });
  await captor.captureProblem('createAgent', { key: api_key, body: { display_name: 'Clara' } });
  const rotated = await captor.capture('rotateApiKey', { path: { api_key_id }, body: { overlap_seconds: 3600 } });
  await captor.capture('revokeApiKey', { path: { api_key_id: rotated.api_key_id } });

  const body = { name: 'Reseller', scopes: ['read', 'write', 'admin'], new_partner: true };
  const partner = await captor.capture('createPartnerKey', { key: product.partnerKey, body });
  await captor.capture('listPartnerKeys', { key: partner.api_key });
  await captor.ask('createWorkspace', { key: partner.api_key, body: { name: 'Enzo’s Pizzeria' } });
  await captor.capture('listWorkspaces', { key: partner.api_key });
  const spare = (await captor.ask('createPartnerKey', { key: partner.api_key, body: { ...body, new_partner: false } })).body;
  await captor.capture('revokePartnerKey', { key: partner.api_key, path: { partner_key_id: spare.api_key_id } });
});

test('people sign in', async () => {
  const person = { email: 'grace@example.com', display_name: 'Grace', role: 'operator' };
  const path = { user_id: (await captor.ask('createUser', { body: person })).body.user_id };
  const { token } = await captor.capture('inviteUser', { path, body: {} });
  const [password, next] = ['lantern cupboard ferry', 'window kettle marble'];
  await captor.capture('setPassword', { key: null, body: { token, password } });
  await captor.capture('createSignInLink', { path, body: {} });
  const enter = async (given: string) => {
    const { headers, body } = await captor.ask('createSession', { key: null, body: { email: person.email, password: given } });
    const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return { ...body, by: { key: null, headers: { cookie, 'x-csrf-token': body.csrf_token } } };
  };
  await captor.capture('getSessionOptions', { key: null });
  await captor.capture('createSession', { key: null, body: { email: person.email, password } });
  const { by } = await enter(password);
  await captor.capture('getCurrentSession', { key: null, headers: { cookie: by.headers.cookie } });
  await captor.capture('listSessions', { query: { user_id: path.user_id, page_size: '1' } });
  await captor.capture('changePassword', { ...by, body: { current_password: password, new_password: next } });
  const { session_id } = await enter(next);
  await captor.capture('deleteSession', { path: { session_id } });
  await captor.capture('deleteCurrentSession', (await enter(next)).by);
});

test('clients of other products find what they know', async () => {
  const account = { account_id: workspaceId };
  const path = { ...account, phone: customer.address };
  await captor.capture('partnerListConversations', { path: account, query: { limit: '1', offset: '0' } });
  await captor.capture('partnerListMessages', { path, query: { limit: '2' } });
  await captor.capture('partnerSendMessage', { path, body: { body: 'Rosa again.', sender_name: 'Rosa' } });
  await captor.capture('partnerResumeAi', { path });
  await settled(conversation);
  const { data } = await captor.capture('crmListConversations', { query: { limit: '1' } });
  await captor.capture('crmListMessages', { path: { conversation_id: data[0].id }, query: { limit: '1' } });
  await captor.capture('crmSearchMessages', { query: { query: 'which nuts' } });
});

test('clients of booking systems, too', async () => {
  const all = (await captor.ask('bookingListConversations', { query: { size: '100' } })).body.conversations;
  const { id, lead_id } = all.find(({ session_key }: Json) => session_key === `sms_${customer.address}`);
  await captor.capture('bookingListConversations', { query: { lead_id, status: 'active' } });
  await captor.capture('bookingGetConversation', { path: { conversation_id: id } });
  await captor.capture('bookingListMessages', { path: { conversation_id: id } });
  await captor.capture('bookingUpdateConversation', { path: { conversation_id: id }, body: { status: 'completed' } });
});

test('and clients of help desks', async () => {
  const body = { agent_id: agentId, channel: 'sms', customer_phone: '+12025550147', customer_name: 'Alan Turing' };
  const { data } = await captor.capture('deskCreateConversation', { body });
  const path = { conversation_id: data.id };
  await captor.capture('deskSendMessage', { path, body: { content: 'Your table is ready.' } });
  await settled(path);
  await captor.capture('deskListConversations', { query: { customer_id: data.customer_id } });
  await captor.capture('deskGetConversation', { path });
  await captor.capture('deskUpdateConversation', { path, body: { tags: ['regular'] } });
  await captor.capture('deskPutConversation', { path, body: { status: 'resolved' } });
  await captor.capture('deskCloseConversation', { path });
});

test('what was said is found again, and all of it can be taken along', async () => {
  await settled(conversation);
  await captor.capture('searchMessages', { query: { query: 'which NUTS' } });
  const agent = (await captor.ask('createAgent', { body: { display_name: 'Otto', backend: { kind: 'none' } } })).body.agent_id;
  const account = (await captor.ask('createChannel', { body: { ...simulated('sms'), address: '+12025550102', agent_id: agent } })).body;
  await simulatedPhone(product, account, { name: 'Edsger Dijkstra', from: '+12025550146' }).says('Are you open on Sunday?');
  const said = async () => (await captor.ask('listConversations', { query: { agent_id: agent } })).body.conversations.length;
  await eventually(said, (count) => count === 1, { timeoutMs: 60_000 });
  await captor.capture('exportConversations', { path: { agent_id: agent }, query: { include: 'messages' } });
  await captor.capture('exportConversations', { path: { agent_id: agent }, query: { format: 'csv', bom: 'false' } }, 'text/csv');
});

test('a person approves what an AI drafts', async () => {
  const drafting = { display_name: 'Dora', backend: { kind: 'echo' }, approval: 'required' };
  const agent_id = (await captor.ask('createAgent', { body: drafting })).body.agent_id;
  const account = (await captor.ask('createChannel', { body: { ...simulated('sms'), address: '+12025550104', agent_id } })).body;
  const asking = simulatedPhone(product, account, { name: 'Barbara Liskov', from: '+12025550148' });
  await asking.says('Is there a vegan menu?');
  const listed = async () => (await captor.ask('listSuggestions', {})).body.suggestions;
  const [draft] = await eventually(listed, (found) => found.length === 1, { timeoutMs: 60_000 });
  const path = { suggestion_id: draft.suggestion_id };
  await captor.capture('listSuggestions', { query: { agent_id } });
  await captor.capture('listConversationSuggestions', { path: { conversation_id: draft.conversation_id } });
  await captor.capture('sendSuggestion', { path, body: { text: 'Yes, ask for the green one.' } });
  expect(await asking.heard(1, 60_000)).toEqual(['Yes, ask for the green one.']);
  await captor.captureProblem('sendSuggestion', { path, body: {} });
  await asking.says('Thank you!');
  const [next] = await eventually(listed, (found) => found.length === 1, { timeoutMs: 60_000 });
  await captor.capture('dropSuggestion', { path: { suggestion_id: next.suggestion_id }, body: {} });
});

test('an AI backend answers later', async () => {
  const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
  await using ai = await startFakeAi({ secret });
  ai.respond({ status: 202 });
  const backend = { kind: 'webhook', url: ai.url, secret };
  const slow = (await captor.ask('createAgent', { body: { display_name: 'Thinker', backend } })).body.agent_id;
  const account = (await captor.ask('createChannel', { body: { ...simulated('sms'), address: '+12025550101', agent_id: slow } })).body;
  const asking = simulatedPhone(product, account, { from: '+12025550145' });
  await asking.says('What is the meaning of all this?');
  const { turn } = await ai.call(1);
  const path = { dispatch_id: turn.dispatch_id };
  await captor.capture('replyToDispatch', { path, body: { text: 'Forty-two.' } });
  expect(await asking.heard(1, 60_000)).toEqual(['Forty-two.']);
  await captor.captureProblem('replyToDispatch', { path, body: { text: 'Forty-three.' } });
});

test('past turns are put to another backend', async () => {
  const asking = simulatedPhone(product, sms, { from: '+12025550146' });
  await asking.says('Do you have gluten-free pasta?');
  await asking.heard(1, 60_000);
  const { conversations } = (await captor.ask('listConversations', {})).body;
  const { conversation_id } = conversations.find((one: Json) => one.from_number === asking.address);
  const read = async () => (await captor.ask('listMessages', { path: { conversation_id } })).body.messages[0].status === 'read';
  await eventually(read, Boolean, { timeoutMs: 60_000 });
  const body = { name: 'A shorter prompt', agent_id: agentId, conversation_ids: [conversation_id], backend: { kind: 'echo' } };
  const { replay_id } = await captor.capture('createReplay', { body });
  const path = { replay_id };
  const ended = async () => (await captor.ask('getReplay', { path })).body.ended_at !== null;
  await eventually(ended, Boolean, { timeoutMs: 60_000 });
  await captor.capture('listReplays');
  await captor.capture('getReplay', { path });
  await captor.capture('listReplayTurns', { path });
  await captor.capture('cancelReplay', { path });
  await captor.capture('deleteReplay', { path });
});

test('a subscriber has events sent', async () => {
  await using subscriber = await startFakeSubscriber();
  captor.show(new URL(subscriber.url).origin, 'https://hooks.example.com');
  // An agent with whom nobody talks: what happened with the others may still be on its way to subscribers.
  const quiet = (await captor.ask('createAgent', { body: { display_name: 'Nico', backend: { kind: 'none' } } })).body.agent_id;
  const body = { url: subscriber.url, event_types: ['message.received', 'conversation.mode_changed'], agent_ids: [quiet] };
  const { webhook_endpoint_id } = await captor.capture('createWebhook', { body });
  const path = { webhook_endpoint_id };
  await captor.capture('listWebhooks');
  await captor.capture('getWebhook', { path });
  await captor.capture('updateWebhook', { path, body: { description: 'The kitchen’s screen' } });
  await captor.capture('rotateWebhookSecret', { path, body: { overlap_seconds: 3600 } });
  const { delivery_id } = await captor.capture('testWebhook', { path, body: {} });
  const delivered = async () => (await captor.ask('getDelivery', { path: { delivery_id } })).body.status === 'delivered';
  await eventually(delivered, Boolean, { timeoutMs: 60_000 });
  await captor.capture('listDeliveries', { query: { webhook_endpoint_id, status: 'delivered' } });
  await captor.capture('getDelivery', { path: { delivery_id } });
  await captor.capture('replayDelivery', { path: { delivery_id }, body: {} });
  await eventually(delivered, Boolean, { timeoutMs: 60_000 });
  await captor.capture('replayWebhook', { path, body: { since: '2026-05-15T12:00:00.000Z', only: 'failed' } });
  await captor.capture('deleteWebhook', { path });
});

test('what cannot be handled is kept', async () => {
  await using tap = await tapInbound(product, { workspaceId });
  await customer.says('Hello?');
  await customer.heard(3, 60_000);
  const letter = async (): Promise<Json> => {
    await tap.repeat({ subject: tap.published[0]?.subject ?? '', data: '{"text": "cut off' });
    const open = async () => (await captor.ask('listDeadLetters', {})).body.dead_letters.filter(({ state }: Json) => state === 'open');
    return (await eventually(open, (letters) => letters.length === 1, { what: 'the dead letter' }))[0];
  };
  const { dead_letter_id } = await letter();
  await captor.capture('listDeadLetters');
  await captor.capture('dropDeadLetter', { path: { dead_letter_id } });
  await captor.capture('retryDeadLetter', { path: { dead_letter_id: (await letter()).dead_letter_id } });
});

test('what is no longer needed goes', async () => {
  const agent_id = (await captor.ask('createAgent', { body: { display_name: 'Pia', backend: { kind: 'none' } } })).body.agent_id;
  const account = (await captor.ask('createChannel', { body: { ...simulated('sms'), address: '+12025550103', agent_id } })).body;
  await captor.captureProblem('deleteAgent', { path: { agent_id } });
  await captor.capture('deleteChannel', { path: { channel_account_id: account.channel_account_id } });
  await captor.capture('deleteAgent', { path: { agent_id } });
});

test('what is refused says why', async () => {
  const path = conversation;
  await captor.captureProblem('listAgents', { key: `pk_live_${'0'.repeat(32)}` });
  await captor.captureProblem('getConversation', { path: { conversation_id: 'conv_01k9qg3v5e7h2m4n6p8r0s2t4v' } });
  await captor.captureProblem('createAgent', { body: { display_name: '', colour: 'red' } });
  await captor.captureProblem('updateConversation', { path, headers: { 'if-match': '"1"' }, body: { ai_mode: 'human' } });
  await captor.captureProblem('listAgents', { query: { page_token: 'not-one-of-ours' } });
  const key = { 'idempotency-key': 'order-4711' };
  await captor.ask('sendMessage', { path, headers: key, body: { body: 'Once.', takeover: false } });
  await captor.captureProblem('sendMessage', { path, headers: key, body: { body: 'Twice.', takeover: false } });
  await captor.ask('updateConversation', { path, body: { ai_mode: 'closed' } });
  await captor.captureProblem('sendMessage', { path, body: { body: 'One more thing.' } });
});

test('every operation has its example', async () => {
  if (inject('updating')) return expect(await captor.captureUnasked(), 'refused: each needs a step in this file').toEqual([]);
  const missing = captor.unasked.filter((name) => !captor.files.includes(name));
  expect(missing, 'without an example; `npm run examples` makes it').toEqual([]);
});

test('no example is of an operation that is gone', () => {
  expect(captor.left, 'these files can go').toEqual([]);
});

function simulated(channel: string): Json {
  return { provider: 'simulator', channel, address: '+12025550100', agent_id: agentId };
}

/** The simulated phone has shown everything that was sent: no status changes any more. */
async function settled(path: { conversation_id: string }): Promise<void> {
  await eventually(
    async () => (await captor.ask('listMessages', { path })).body.messages.filter(({ direction }: Json) => direction === 'outbound'),
    (messages) => messages.length > 0 && messages.every(({ status }: Json) => status === 'read'),
    { timeoutMs: 60_000, what: 'the read receipts' },
  );
}
