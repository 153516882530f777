import { randomBytes } from 'node:crypto';
import { serverOptions } from '@baton/bus/connect.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { startHttpStub } from '@baton/testkit/http-stub.ts';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { call, type Json, must } from '../api.ts';
import type { Product } from '../product.ts';
import { deliver, signedByTwilio } from '../webhooks.ts';
import { makeWorkspace, type Workspace } from '../workspace.ts';
import { Canaries } from './canaries.ts';

/** Leads every kind of private word through the product, on paths that succeed and paths that fail, and answers all of them. */
export async function leadCanaries(product: Product): Promise<Canaries> {
  const canaries = new Canaries();
  // AI, provider and subscriber: what the last part of the path says is what they do.
  await using outside = await startHttpStub(async ({ path }) => {
    const answer = outcomes(canaries)[new URL(path, 'http://x').pathname.split('/')[1] ?? ''];
    return answer ?? { status: 404 };
  });
  const workspace = await makeWorkspace(product, { display_name: canaries.word('agent name'), fallback_text: canaries.word('fallback') });
  canaries.known('api key', workspace.key);
  const customer = await turnsOf(workspace, outside.url, canaries);
  await peopleOf(workspace, customer, canaries);
  await providersOf(workspace, outside.url, canaries);
  await subscribersOf(workspace, outside.url, canaries);
  await refusalsOf(workspace, canaries);
  await poisonOf(product, workspace, canaries);
  return canaries;
}

function outcomes(canaries: Canaries): Record<string, { status: number; json?: unknown; headers?: Record<string, string> }> {
  const reply = (text: string) => ({ messages: [{ text }] });
  return {
    'ai-answers': { status: 200, json: { ...reply(canaries.word('AI answer')), handoff: { reason: canaries.word('hand-off reason') } } },
    'ai-garbage': { status: 200, json: { [canaries.word('AI field')]: [canaries.word('AI garbage')] } },
    'ai-refuses': { status: 422, json: { error: canaries.word('AI refusal') } },
    'ai-moves': { status: 302, headers: { location: `http://127.0.0.1:9/${canaries.word('AI location')}` } },
    'provider-refuses': {
      status: 400,
      json: {
        code: 21211,
        message: `The 'To' number ${canaries.word('provider detail')} is not valid`,
        error: canaries.word('provider error'),
      },
    },
    'hook-refuses': { status: 400, json: { error: canaries.word('subscriber answer') } },
  };
}

/** One message for each way an AI can answer. */
async function turnsOf(workspace: Workspace, url: string, canaries: Canaries): Promise<Json> {
  const account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: canaries.number('own number') });
  const customer = workspace.customer(account, { name: canaries.word('customer name'), from: canaries.number('customer number') });
  const secret = canaries.known('backend secret', `whsec_${randomBytes(24).toString('base64')}`);
  let seen = 0;
  for (const kind of ['ai-garbage', 'ai-refuses', 'ai-moves', 'ai-answers']) {
    const backend = {
      kind: 'webhook',
      url: `${url}/${kind}/${canaries.word('backend path')}?token=${canaries.word('backend token')}`,
      secret,
    };
    await workspace.must('PATCH', `/v1/agents/${workspace.agentId}`, { backend });
    // The directory carries it to the dispatcher a moment later, which may ask the backend before once more.
    await customer.says(canaries.word(`text for ${kind}`));
    const { conversation_id }: Json = await eventually(() => workspace.conversationOf(customer.address), Boolean);
    seen += 1;
    await eventually(
      async () => (await workspace.must('GET', `/v1/conversations/${conversation_id}/dispatches`)).dispatches,
      (all: Json[]) => all.length >= seen && all.every(({ outcome }) => outcome !== 'pending'),
      { timeoutMs: 30_000, what: `the turn of ${kind}` },
    );
    await workspace.must('PATCH', `/v1/conversations/${conversation_id}`, { ai_mode: 'ai' });
  }
  return workspace.conversationOf(customer.address);
}

/** What operators write and know. */
async function peopleOf(workspace: Workspace, conversation: Json, canaries: Canaries): Promise<void> {
  const path = `/v1/conversations/${conversation.conversation_id}`;
  const word = (name: string) => canaries.word(name);
  const { contact } = await workspace.must('PATCH', path, {
    subject: word('subject'),
    tags: [word('tag')],
    metadata: { note: word('metadata') },
    contact_name: word('contact name'),
    ai_mode: 'human',
    reason: word('reason'),
  });
  await workspace.must('POST', `${path}/messages`, { body: word('operator text'), sender_name: word('operator name'), takeover: false });
  const { note_id } = await workspace.must('POST', `${path}/notes`, { text: word('note') });
  await workspace.must('PATCH', `${path}/notes/${note_id}`, { text: word('changed note') });
  const email = `${word('email')}@example.com`;
  await workspace.must('PATCH', `/v1/contacts/${contact.contact_id}`, { email, attributes: { note: word('attribute') } });
  // A second one with the same address: the database refuses, and its words name it.
  for (let i = 0; i < 2; i++)
    await workspace.call('POST', '/v1/users', { body: { email, display_name: word('user name'), role: 'owner' } });
  for (let i = 0; i < 2; i++)
    await workspace.call('POST', '/v1/canned-replies', {
      body: { shortcut: 'x', title: word('canned title'), text: word('canned text'), tags: [] },
    });
  await workspace.must('GET', `/v1/search/messages?q=${word('search')}`).catch(() => undefined);
  await workspace.call('GET', `/v1/conversations?search=${word('filter')}`);
  await workspace.must('PUT', `/v1/opt-outs/${encodeURIComponent(canaries.number('opt-out'))}`, { agent_id: workspace.agentId });
  const other = await workspace
    .must('POST', '/v1/contacts', { name: word('erased name'), phones: [canaries.number('erased number')] })
    .catch(() => undefined);
  if (other) await workspace.call('DELETE', `/v1/contacts/${other.contact_id}`);
}

/** Sends that fail for good, and requests of providers that are not believed or not understood. */
async function providersOf(workspace: Workspace, url: string, canaries: Canaries): Promise<void> {
  const api_base = `${url}/provider-refuses/${canaries.word('API base')}`;
  const token = canaries.word('Twilio token');
  const twilio = { account_sid: `AC${'0'.repeat(32)}`, auth_token: token, api_base };
  const address = canaries.number('Twilio number');
  const account = await workspace.addChannel({ provider: 'twilio', channel: 'sms', address, credentials: twilio });
  const bot_token = canaries.known('bot token', `123456789:${canaries.word('bot')}`);
  const telegram = { bot_token, secret_token: canaries.word('Telegram secret'), api_base };
  await workspace.call('POST', '/v1/channels', {
    body: { provider: 'telegram', channel: 'telegram', address: 'canary_bot', agent_id: workspace.agentId, credentials: telegram },
  });
  const sent = await workspace.must('POST', '/v1/messages', {
    agent_id: workspace.agentId,
    channel: 'sms',
    from_number: address,
    to_number: canaries.number('recipient'),
    body: canaries.word('text that fails'),
  });
  await eventually(
    async () => (await workspace.must('GET', `/v1/messages/${sent.message_id}`)).status,
    (status) => status === 'failed',
    { timeoutMs: 20_000 },
  );
  const form = {
    MessageSid: 'SMcanary',
    From: canaries.number('unbelieved number'),
    To: address,
    Body: canaries.word('unbelieved text'),
    ProfileName: canaries.word('profile'),
  };
  const forged = signedByTwilio(canaries.word('wrong token'), `${account.webhook_url}?token=${canaries.word('provider URL')}`, form);
  const right = (params: Record<string, string>) => signedByTwilio(token, account.webhook_url, params);
  // What is signed and cannot be read: a malformed number, no body, and the receipt of a failure with its words.
  const receipt = { MessageSid: 'SMx', MessageStatus: 'failed', ErrorCode: '30008', ErrorMessage: canaries.word('receipt error') };
  for (const one of [forged, right({ ...form, From: canaries.word('no number') }), right(receipt)]) await deliver(one);
}

async function subscribersOf(workspace: Workspace, url: string, canaries: Canaries): Promise<void> {
  const made = await workspace.must('POST', '/v1/webhooks', {
    url: `${url}/hook-refuses/${canaries.word('hook path')}?token=${canaries.word('hook token')}`,
    description: canaries.word('hook description'),
    event_types: ['window.closing'],
  });
  canaries.known('hook secret', made.secret);
  const { delivery_id } = await workspace.must('POST', `/v1/webhooks/${made.webhook_endpoint_id}/test`);
  await eventually(
    async () => (await workspace.must('GET', `/v1/deliveries/${delivery_id}`)).attempts,
    (attempts) => attempts > 0,
  );
}

/** Requests that are refused for what is in them. */
async function refusalsOf(workspace: Workspace, canaries: Canaries): Promise<void> {
  const [base] = workspace.product.gatewayUrls;
  const word = (name: string) => canaries.word(name);
  const json = { 'content-type': 'application/json' };
  await workspace.call('POST', '/v1/agents', { body: { display_name: 7, [word('unknown field')]: word('unknown value') } });
  await workspace.call('POST', '/v1/messages', { body: `{"body":"${word('broken JSON')}`, headers: json });
  await workspace.call('POST', '/v1/messages', {
    body: { body: word('refused text'), to: word('refused address') },
    headers: { 'idempotency-key': word('idempotency key') },
  });
  await workspace.call('GET', `/v1/${word('path')}?token=${word('query token')}`);
  await workspace.call('GET', `/v1/conversations?page_token=${word('page token')}`);
  await workspace.call('GET', `/v1/conversations/${word('id')}`);
  await workspace.call('GET', '/v1/agents', {
    headers: { cookie: word('cookie'), 'user-agent': word('agent'), referer: `http://x/${word('referer')}` },
  });
  await call('GET', `${base}/v1/agents`, { key: word('wrong key') });
  await call('GET', `${base}/v1/stream?token=${word('wrong ticket')}`);
  const { ticket } = await workspace.must('POST', '/v1/stream-tickets');
  const stream = new AbortController();
  await fetch(`${base}/v1/stream?token=${canaries.known('ticket', ticket)}`, { signal: stream.signal });
  stream.abort();
  await call('GET', `${base}/v1/stream?token=${ticket}`);
}

/** Bytes in the streams that no service can read, of which each tells in its log. */
async function poisonOf(product: Product, workspace: Workspace, canaries: Canaries): Promise<void> {
  const nc = await connect(serverOptions(product.natsUrl));
  const js = jetstream(nc);
  const place = `p00.${workspace.workspaceId}.cnv_poison`;
  const before = (await must('GET', `${product.gatewayUrls[0]}/v1/dead-letters`, { key: workspace.key })).dead_letters.length;
  await js.publish(`inbound.message.${place}`, `{"${canaries.word('poison inbound')}`);
  await js.publish(
    `inbound.message.${place}`,
    JSON.stringify({ text: canaries.word('half a message'), from: canaries.number('half a number') }),
  );
  await js.publish(`message.received.${place}`, `{"${canaries.word('poison event')}`);
  await js.publish(`send.ready.${place}`, JSON.stringify({ payload: canaries.word('poison signal') }));
  await eventually(
    async () => (await must('GET', `${product.gatewayUrls[0]}/v1/dead-letters`, { key: workspace.key })).dead_letters.length,
    (count) => count >= before + 2,
    { timeoutMs: 20_000, what: 'dead letters' },
  );
  await nc.close();
}
