import { type Baton, createBaton } from '@baton/sdk/baton.ts';
import { BatonApiError } from '@baton/sdk/errors.ts';
import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import { isAlive, pidOf } from '../support/processes.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';

// The SDK as an integrator uses it, against the running product.

const product = sharedProduct();

let baton: Baton;
let workspace: Workspace;
let account: Account;

beforeAll(async () => {
  workspace = await makeWorkspace(product);
  baton = createBaton({ baseUrl: product.gatewayUrls[0] ?? '', apiKey: workspace.key });
  account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550131' });
});

type Known = { id: string; customer: Customer };

async function known(): Promise<Known> {
  const customer = workspace.customer(account);
  await customer.says('Hello');
  await customer.heard(1);
  return { customer, id: (await workspace.conversationOf(customer.address)).conversation_id };
}

test('lists are read to the end, row by row and page by page', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, known));
  const rows: string[] = [];
  for await (const row of baton.rows('listConversations', { query: { page_size: 2, channel: 'sms' } })) rows.push(row.conversation_id);
  expect(rows.sort()).toEqual(made.map(({ id }) => id).sort());
  const sizes: number[] = [];
  for await (const page of baton.pages('listConversations', { query: { page_size: 2 } })) sizes.push(page.conversations.length);
  expect(sizes).toEqual([2, 2, 1]);
  const texts: string[] = [];
  const path = { conversation_id: made[0]?.id ?? '' };
  for await (const message of baton.rows('listMessages', { path, query: { order: 'asc', page_size: 1 } })) texts.push(message.text);
  expect(texts).toEqual(['Hello', 'Echo: Hello']);
});

test('a person takes over, sends, and hands back; a send repeated under its key is one message', async () => {
  const { id, customer } = await known();
  const path = { conversation_id: id };
  const change = await baton.updateConversation({ path, query: { drain: true }, body: { ai_mode: 'human', reason: 'sdk' } });
  expect(change).toMatchObject({ ai_mode: 'human', changed: true, from_mode: 'ai', drained: true });
  const message = { path, body: { body: 'Ada here.', sender_name: 'Ada' } };
  const first = await baton.sendMessage(message, { idempotencyKey: 'the-one' });
  const again = await baton.sendMessage(message, { idempotencyKey: 'the-one' });
  expect(again).toEqual(first);
  expect(first).toMatchObject({ author: 'human', text: 'Ada here.', sender_name: 'Ada' });
  expect(await customer.heard(2)).toEqual(['Echo: Hello', 'Ada here.']);
  expect(await baton.resumeAi({ path })).toMatchObject({ changed: true, to_mode: 'ai' });
  const { messages } = await baton.getConversation({ path });
  expect(messages.map(({ text }) => text)).toEqual(['Ada here.', 'Echo: Hello', 'Hello']);
});

test('what Baton refuses is thrown with its code and the fields that are wrong', async () => {
  const missing = await baton.getConversation({ path: { conversation_id: 'conv_none' } }).catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(BatonApiError);
  expect(missing).toMatchObject({ status: 404, code: 'not_found', traceId: expect.any(String) });
  const wrong = baton.createAgent({ body: { display_name: '' } });
  await expect(wrong).rejects.toMatchObject({ status: 400, code: 'validation_error', errors: [{ path: '/display_name' }] });
  const stranger = createBaton({ baseUrl: product.gatewayUrls[0] ?? '', apiKey: `pk_test_${'0'.repeat(32)}` });
  await expect(stranger.listAgents()).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
});

test('what was said is found, and a file comes as a response whose body streams', async () => {
  const { id, customer } = await known();
  await customer.says('A table for eight, please');
  await customer.heard(2);
  const { hits } = await baton.searchMessages({ query: { query: 'TABLE FOR EIGHT', limit: 50 } });
  expect(hits.map(({ message, conversation }) => [message.text, conversation.conversation_id])).toContainEqual([
    'A table for eight, please',
    id,
  ]);
  const path = { agent_id: workspace.agentId };
  const response = await baton.exportConversations({ path, query: { format: 'ndjson', include: 'messages', limit: '1' } });
  expect(response.headers.get('content-disposition')).toContain('.ndjson');
  const lines = (await response.text()).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ conversation_id: id, messages: [{ text: 'Hello' }, {}, {}, {}] }]);
  await expect(baton.exportConversations({ path: { agent_id: 'agt_none' } })).rejects.toMatchObject({ code: 'not_found' });
});

test('a partner’s key acts in the workspace that the client names', async () => {
  const partner = createBaton({ baseUrl: product.gatewayUrls[0] ?? '', apiKey: product.partnerKey, workspaceId: workspace.workspaceId });
  expect((await partner.listAgents()).agents.map(({ agent_id }) => agent_id)).toContain(workspace.agentId);
});

test('a stream goes through the death and return of its gateway without a gap or a repeat', async () => {
  const { id, customer } = await known();
  const there = createBaton({ baseUrl: product.gatewayUrls[1] ?? '', apiKey: workspace.key });
  const stop = new AbortController();
  const events: BatonEvent[] = [];
  let reconnected = 0;
  let opened = false;
  const reading = (async () => {
    const onReconnect = () => {
      reconnected++;
    };
    for await (const { event } of there.stream({ conversationId: id, signal: stop.signal, onReconnect })) {
      opened = true;
      events.push(event);
    }
  })();
  // The stream starts when it is opened, which nothing tells: a first event does.
  for (let nth = 1; !opened; nth++) {
    await customer.says(`Are you there? ${nth}`);
    await customer.heard(nth + 1);
  }
  const victim = pidOf(product, 'gateway-2');
  process.kill(victim, 'SIGKILL');
  await customer.says('While it is away');
  await eventually(() => !isAlive(victim));
  const heard = () => events.some((event) => event.event_type === 'message.queued' && event.payload.text === 'Echo: While it is away');
  await eventually(heard, Boolean, { timeoutMs: 30_000, what: 'the reply on the stream' });
  stop.abort();
  await reading;
  expect(reconnected).toBeGreaterThan(0);
  const first = events[0]?.sequence ?? 0;
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => first + index));
});
