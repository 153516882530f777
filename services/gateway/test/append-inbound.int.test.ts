import { ConversationServiceClient } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { newId } from '@baton/contracts/ids.ts';
import { createClient } from '@baton/rpc/client.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvents } from '../src/events.ts';
import { appendInbound } from '../src/inbound/append-inbound.ts';
import { createIngestClient } from '../src/inbound/ingest-client.ts';
import { Hub } from '../src/stream/hub.ts';
import { type Bench, serviceToken, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;
let deps: Parameters<typeof appendInbound>[0];
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  bench = stack.use(await startBench({}, true));
  w = await makeWorkspace(bench);
  const logger = createLogger('test', 'silent');
  deps = {
    conversations: stack.use(createClient(ConversationServiceClient, { address: bench.state!.address, token: serviceToken })),
    hub: stack.use(new Hub({ bus: async () => bench.bus, logger, events: createEvents(logger) })),
    // One address where nobody listens: the other is asked.
    ingest: createIngestClient({ addresses: ['127.0.0.1:1', bench.ingest!.address], token: serviceToken }),
  };
});
afterAll(() => stack.disposeAsync());

async function conversationOf(id: string): Promise<Conversation> {
  return (await deps.conversations.getConversation({ workspaceId: w.workspaceId, conversationId: id, pageSize: 0, cursor: '' }))
    .conversation!;
}

function told(conversation: Conversation, text: string, commandId = `test:${newId('event')}`) {
  const context = { workspaceId: w.workspaceId, actor: { kind: 'api_key', id: 'key_test' }, commandId };
  return appendInbound(deps, { context, conversation, text });
}

test('a told message is one of the customer in the same conversation, with a decision about the AI', async () => {
  const conversation = await conversationOf(await w.customerWrites(newCustomer()));
  const message = await told(conversation, 'I am at the door');
  expect(message).toMatchObject({
    conversationId: conversation.conversationId,
    sequence: 2,
    direction: 'inbound',
    author: 'contact',
    status: 'received',
    text: 'I am at the door',
    fromNumber: conversation.fromNumber,
    metadata: { told_by: 'key_test' },
  });
  const dispatches = (await w.get(`/v1/conversations/${conversation.conversationId}/dispatches`)).body.dispatches;
  expect(dispatches[0]).toMatchObject({ message_ids: [message!.messageId], outcome: 'suppressed', reason: 'no_backend' });
});

test('told again under the same command it is the same message', async () => {
  const conversation = await conversationOf(await w.customerWrites(newCustomer()));
  const [one, same] = await Promise.all([told(conversation, 'Once', 'test:same'), told(conversation, 'Once', 'test:same')]);
  const later = await told(conversation, 'Once', 'test:same');
  expect(new Set([one!.messageId, same!.messageId, later!.messageId]).size).toBe(1);
  expect((await conversationOf(conversation.conversationId)).messageCount).toBe(2);
});

test('what is told to a closed conversation opens the next one, linked to it', async () => {
  const conversation = await conversationOf(await w.customerWrites(newCustomer()));
  await w.patch(`/v1/conversations/${conversation.conversationId}`, { ai_mode: 'closed' });
  const message = await told(conversation, 'One more thing');
  expect(message!.conversationId).not.toBe(conversation.conversationId);
  expect(await conversationOf(message!.conversationId)).toMatchObject({
    previousConversationId: conversation.conversationId,
    aiMode: 'ai',
    messageCount: 1,
  });
});

test('an opt-out word is one here too', async () => {
  const conversation = await conversationOf(await w.customerWrites(newCustomer()));
  await told(conversation, 'STOP');
  expect(await conversationOf(conversation.conversationId)).toMatchObject({ optOut: true });
});

test('what could not be put into its conversation in time is still stored, and comes', async () => {
  const conversation = await conversationOf(await w.customerWrites(newCustomer()));
  const url = new URL(bench.infra.postgres.superUrl);
  url.pathname = bench.infra.postgres.database;
  const locker = new pg.Client({ connectionString: url.href });
  await locker.connect();
  await locker.query('begin');
  await locker.query('select 1 from conversation.conversation where conversation_id = $1 for update', [conversation.conversationId]);
  expect(await told(conversation, 'Slowly')).toBeUndefined();
  await locker.query('rollback');
  await locker.end();
  await eventually(async () => (await conversationOf(conversation.conversationId)).lastMessagePreview === 'Slowly');
});

test('an account that is switched off or unknown takes nothing', async () => {
  const conversation = await conversationOf(await w.customerWrites(newCustomer()));
  // Old enough that nobody waits for its entry in the directory.
  const channelAccountId = 'chn_01hzzzzzzzzzzzzzzzzzzzzzzz';
  await expect(told({ ...conversation, channelAccountId }, 'Hello?')).rejects.toMatchObject({ code: 'channel_unavailable' });
  await w.patch(`/v1/channels/${w.channelId}`, { enabled: false });
  await eventually(
    () =>
      told(conversation, 'Hello?').then(
        () => undefined,
        (error: { code: string }) => error.code,
      ),
    (code) => code === 'channel_unavailable',
  );
});
