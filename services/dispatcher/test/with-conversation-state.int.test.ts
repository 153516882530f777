import { type Bus, connectBus } from '@baton/bus/connect.ts';
import {
  ListConversationsRequest,
  ListMessagesRequest,
  UpdateConversationRequest,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import { type FakeProvider, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Service, startService } from '../src/service.ts';
import { type ConversationState, customerWrites, makeWorkspace, startConversationState } from './conversation-state.ts';
import { testConfig, webhookSecret } from './harness.ts';

const open = new AsyncDisposableStack();
let infra: Infra;
let bus: Bus;
let ai: FakeAi;
let provider: FakeProvider;
let state: ConversationState;
let workspace: Awaited<ReturnType<typeof makeWorkspace>>;

beforeAll(async () => {
  infra = open.use(await startInfra());
  state = open.use(await startConversationState(infra));
  bus = open.use(await connectBus({ url: infra.nats.url, name: 'test' }));
  ai = open.use(await startFakeAi({ secret: webhookSecret }));
  provider = open.use(await startFakeProvider({ http: { secret: webhookSecret } }));
  open.use(await startDispatcher());
  open.use(await startDispatcher());
  workspace = await makeWorkspace(state, {
    backend: { kind: 'webhook', url: ai.url, secret: webhookSecret },
    credentials: { secret: webhookSecret, outbound_url: provider.httpUrl },
  });
});
afterAll(() => open.disposeAsync());
beforeEach(() => {
  ai.calls.length = 0;
  provider.calls.length = 0;
  ai.respond();
  provider.respond();
});

async function startDispatcher(): Promise<Service> {
  const config = testConfig(infra, { conversationStateAddress: state.address, sendTimeoutMs: 2000 });
  const service = await startService(config, { logger: createLogger('dispatcher', 'silent') });
  await service.ready;
  return service;
}

let numbers = 0;
const newCustomer = () => `+1555${String(1_000_000 + ++numbers)}`;

const writes = (from: string, text: string) => customerWrites(bus, workspace, { from, text });

const sentTo = (customer: string) => provider.accepted().filter((call) => call.to === customer);

async function conversationOf(customer: string): Promise<string> {
  const found = await eventually(async () => {
    const { conversations } = await state.conversations.listConversations(
      ListConversationsRequest.fromPartial({ workspaceId: workspace.workspaceId, pageSize: 250 }),
    );
    return conversations.find((one) => one.fromNumber === customer);
  });
  return found!.conversationId;
}

function messagesOf(conversationId: string) {
  return state.conversations.listMessages(
    ListMessagesRequest.fromPartial({ workspaceId: workspace.workspaceId, conversationId, pageSize: 10, order: 'asc' }),
  );
}

function dispatchesOf(conversationId: string) {
  return state.conversations.listDispatches({ workspaceId: workspace.workspaceId, conversationId, pageSize: 10, cursor: '' });
}

it('a customer’s message is answered once, end to end', async () => {
  const customer = newCustomer();
  await writes(customer, 'hello');
  await eventually(() => sentTo(customer).length > 0);
  expect(sentTo(customer).map((call) => call.text)).toEqual(['You said: hello']);
  const conversationId = await conversationOf(customer);
  const { messages } = await eventually(
    () => messagesOf(conversationId),
    (page) => page.messages.at(-1)?.status === 'sent',
  );
  expect(messages.map((message) => [message.author, message.text])).toEqual([
    ['contact', 'hello'],
    ['ai', 'You said: hello'],
  ]);
});

it('a takeover while the AI thinks cuts the call off, and nothing is sent', async () => {
  const customer = newCustomer();
  ai.respond('hang');
  await writes(customer, 'are you a robot?');
  const call = await ai.call(1);
  const conversationId = await conversationOf(customer);
  const answer = await state.conversations.updateConversation(
    UpdateConversationRequest.fromPartial({ context: workspace.context, conversationId, aiMode: 'human' }),
  );
  expect(answer).toMatchObject({ changed: true, toMode: 'human' });
  await eventually(() => call.abandonedAt !== undefined, Boolean, { what: 'the call to be cut off' });
  const { dispatches } = await eventually(
    () => dispatchesOf(conversationId),
    (page) => page.dispatches[0]?.settledAt !== undefined,
  );
  expect(dispatches).toMatchObject([{ outcome: 'suppressed', reason: 'stale_epoch' }]);
  await writes(customer, 'hello?');
  await eventually(
    () => dispatchesOf(conversationId),
    (page) => page.dispatches[0]?.reason === 'mode_human',
  );
  expect(sentTo(customer)).toEqual([]);
  expect(ai.calls).toHaveLength(1);
});

it('a turn whose beginning went down with the database begins anew at once', async () => {
  const customer = newCustomer();
  const lost = Promise.withResolvers<void>();
  ai.respond(() => lost.promise.then(() => ({ json: { text: 'Here I am.' } })));
  await writes(customer, 'anybody there?');
  const { turn } = await ai.call(1);
  await forgetBeginning(turn.dispatch_id);
  lost.resolve();
  await eventually(() => sentTo(customer).length > 0, Boolean, { timeoutMs: 25_000, what: 'the answer' });
  expect(ai.calls.map((call) => call.turn.dispatch_id)).toEqual([turn.dispatch_id, turn.dispatch_id]);
  expect(sentTo(customer)).toHaveLength(1);
});

/** As a crash of Postgres leaves it: beginning a turn does not wait for the disk. */
async function forgetBeginning(dispatchId: string): Promise<void> {
  const url = new URL(infra.postgres.superUrl);
  url.pathname = infra.postgres.database;
  const database = new pg.Client({ connectionString: url.href });
  await database.connect();
  try {
    const { rowCount } = await database.query(
      `with turn as (update conversation.dispatch set outcome = 'pending', attempts = 0, deadline_at = null
                     where dispatch_id = $1 and outcome = 'in_flight' returning conversation_id)
       update conversation.conversation set turn_dispatch_id = null, pending_dispatch_id = $1 where conversation_id in (select conversation_id from turn)`,
      [dispatchId],
    );
    expect(rowCount).toBe(1);
  } finally {
    await database.end();
  }
}

it.each([1, 3])('a message that a provider may have goes again under its id, and by one instance, after %d cut lines', async (cuts) => {
  const customer = newCustomer();
  provider.respond((_, nth) => (nth <= cuts ? 'accept-then-reset' : 'accept'));
  await writes(customer, 'once please');
  const conversationId = await conversationOf(customer);
  await eventually(
    () => messagesOf(conversationId),
    (page) => page.messages.at(-1)?.status === 'sent',
    { timeoutMs: 20_000 },
  );
  const ids = sentTo(customer).map((call) => call.request.headers['webhook-id']);
  expect([ids.length, new Set(ids).size]).toEqual([cuts + 1, 1]);
});

it('every customer is answered, in order and once, while conversation-state is killed again and again', async () => {
  const customers = Array.from({ length: 40 }, newCustomer);
  const rounds = 4;
  // About what the turn was asked: a turn that begins anew after a crash sees later messages in its history, too.
  ai.respond(({ turn }) => {
    const asked = turn.messages.filter((message) => turn.new_message_ids.includes(message.message_id));
    return { json: { text: `Answer to ${asked.at(-1)?.text}` } };
  });
  for (let round = 1; round <= rounds; round++) {
    const before = provider.calls.length;
    await Promise.all(customers.map((customer) => writes(customer, `message ${round}`)));
    // In the middle of the round's forty answers.
    await eventually(() => provider.calls.length >= before + 10, Boolean, { timeoutMs: 30_000, what: 'some answers of the round' });
    if (round < rounds) await state.killAndRestart();
  }
  // Messages that came while a turn ran are answered by one following turn, so the last answer is about the last message.
  await eventually(
    () => customers.filter((customer) => sentTo(customer).at(-1)?.text !== `Answer to message ${rounds}`),
    (unanswered) => unanswered.length === 0,
    { timeoutMs: 90_000, what: 'every customer to have an answer to the last message' },
  );
  for (const customer of customers) {
    const answers = new Map(sentTo(customer).map((call) => [call.request.headers['webhook-id'], call.text]));
    const numbersInOrder = [...answers.values()].map((text) => Number(text.split(' ').at(-1)));
    expect(numbersInOrder).toEqual([...new Set(numbersInOrder)].sort((a, b) => a - b));
  }
  for (const durable of ['dispatcher-turns', 'dispatcher-sends'])
    await eventually(
      () => bus.jsm.consumers.info('EVENTS', durable),
      (info) => info.num_pending === 0 && info.num_ack_pending === 0,
      { timeoutMs: 60_000 },
    );
}, 240_000);
