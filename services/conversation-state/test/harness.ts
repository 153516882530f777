import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import type { BatonEvent } from '@baton/contracts/events.ts';
import { ContactServiceClient } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { ConversationServiceClient } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Agent, ChannelAccount, DirectoryServiceClient } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { ExportServiceClient } from '@baton/contracts/gen/baton/conversation/v1/export_service.ts';
import { InboxServiceClient } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { SearchServiceClient } from '@baton/contracts/gen/baton/conversation/v1/search_service.ts';
import { ClaimSendsRequest, CommitRepliesRequest, TurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { DeadLetterServiceClient } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { TrafficServiceClient } from '@baton/contracts/gen/baton/operations/v1/traffic.ts';
import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { newId } from '@baton/contracts/ids.ts';
import { inboundSubject, partitionOf } from '@baton/contracts/subjects.ts';
import { createClient } from '@baton/rpc/client.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { inboundMessage as anyInboundMessage, inboundPublication } from '@baton/testkit/inbound-message.ts';
import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import { DeliverPolicy } from '@nats-io/jetstream';
import pg from 'pg';
import { loadConfig } from '../src/config.ts';
import { type Service, startService } from '../src/service.ts';
import { everyBrokenInvariant } from './invariants.ts';

const token = 'test-token';

/** Everything that one test file needs: real servers, one or more instances of the service, clients, and all events as they are published. */
export async function startHarness(o: { instances?: number; rowsByHand?: boolean } = {}) {
  const infra = await startInfra();
  const bus = await connectBus({ url: infra.nats.url, name: 'test' });
  const services = await Promise.all(Array.from({ length: o.instances ?? 1 }, () => startInstance(infra)));
  const address = services.map((service) => `127.0.0.1:${service.port()}`).join(',');
  const events = await collectEvents(bus);
  const admin = new pg.Pool({ connectionString: withDatabase(infra.postgres.superUrl, infra.postgres.database), max: 4 });
  const clients = {
    conversations: createClient(ConversationServiceClient, { address, token }),
    contacts: createClient(ContactServiceClient, { address, token }),
    inbox: createClient(InboxServiceClient, { address, token }),
    directory: createClient(DirectoryServiceClient, { address, token }),
    exports: createClient(ExportServiceClient, { address, token }),
    search: createClient(SearchServiceClient, { address, token }),
    turns: createClient(TurnServiceClient, { address, token }),
    deadLetters: createClient(DeadLetterServiceClient, { address, token }),
    traffic: createClient(TrafficServiceClient, { address, token }),
  };
  return {
    infra,
    bus,
    services,
    events,
    /** Reads everything, past row-level security. */
    admin,
    ...clients,
    start: () => startInstance(infra),
    async [Symbol.asyncDispose]() {
      for (const client of Object.values(clients)) client[Symbol.dispose]();
      await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
      // Rows that a test has made by itself have no history that they could agree with.
      const broken = o.rowsByHand ? [] : await everyBrokenInvariant(admin);
      await admin.end();
      await bus[Symbol.asyncDispose]();
      await infra[Symbol.asyncDispose]();
      if (broken.length > 0) throw new Error(`The tests left broken invariants behind:\n${broken.join('\n')}`);
    },
  };
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

/** What an instance needs to know, on free ports. */
export function environment(infra: Infra): Record<string, string> {
  return {
    BATON_CONVERSATION_STATE_PORT: '0',
    BATON_CONVERSATION_STATE_OPS_PORT: '0',
    BATON_NATS_URL: infra.nats.url,
    BATON_POSTGRES_OWNER_URL: infra.postgres.urls.baton_owner,
    BATON_POSTGRES_URL: infra.postgres.urls.baton_conversation,
    BATON_POSTGRES_SYSTEM_URL: infra.postgres.urls.baton_conversation_system,
    BATON_SERVICE_TOKEN: token,
    BATON_SECRET_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    BATON_LOG_LEVEL: process.env['BATON_LOG_LEVEL'] ?? 'error',
  };
}

async function startInstance(infra: Infra): Promise<Service> {
  const config = loadConfig(environment(infra));
  const service = await startService(config, { logger: createLogger('conversation-state', config.logLevel), sweepMs: 500 });
  await service.ready;
  return service;
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Everything in EVENTS, in stream order, as it grows. */
async function collectEvents(bus: Bus) {
  const seen: BatonEvent[] = [];
  const consumer = await bus.js.consumers.get('EVENTS', { deliver_policy: DeliverPolicy.All });
  const messages = await consumer.consume({ expires: 2000, idle_heartbeat: 500 });
  void (async () => {
    for await (const message of messages) seen.push(message.json<BatonEvent>());
  })();
  const of = (conversationId: string) => seen.filter((event) => event.conversation_id === conversationId);
  return { all: seen, of, types: (conversationId: string) => of(conversationId).map((event) => event.event_type) };
}

/** A workspace with one agent and an sms and a whatsapp account. */
export async function makeWorkspace(h: Harness, agent: Partial<Agent> = {}) {
  const { workspaceId } = await h.directory.createWorkspace({ name: 'Test', partnerId: '', commandId: '' });
  const context = { workspaceId, actor: { kind: 'api_key', id: 'key_test' }, commandId: '' };
  const { agentId } = await h.directory.createAgent({
    context,
    agent: Agent.fromPartial({ displayName: 'Ada', backend: { kind: 'echo' }, ...agent }),
  });
  const account = (channel: string, address: string) =>
    h.directory.createChannelAccount({
      context,
      channelAccount: ChannelAccount.fromPartial({ provider: 'simulator', channel, address, agentId, credentials: {} }),
    });
  const sms = await account('sms', '+15550100');
  const whatsapp = await account('whatsapp', '+15550101');
  return { workspaceId, agentId, context, sms: sms.channelAccountId, whatsapp: whatsapp.channelAccountId };
}

export type Workspace = Awaited<ReturnType<typeof makeWorkspace>>;

let numbers = 0;
/** A customer nobody has heard of. */
export const newCustomer = () => `+1555${String(1_000_000 + ++numbers)}`;

export function inboundMessage(w: Workspace, from: string, more: Partial<InboundMessage> = {}): InboundMessage {
  return anyInboundMessage({ workspace_id: w.workspaceId, channel_account_id: w.sms, agent_id: w.agentId, from, ...more });
}

/** Publishes as ingest does. */
export async function send(h: Harness, m: InboundMessage): Promise<void> {
  await publish(h.bus, inboundPublication(m));
}

export async function sendReceipt(
  h: Harness,
  r: Pick<InboundReceipt, 'workspace_id' | 'channel_account_id' | 'provider_message_id' | 'status'> & Partial<InboundReceipt>,
): Promise<void> {
  const now = new Date().toISOString();
  const receipt = { provider: 'simulator', occurred_at: now, received_at: now, error_code: '', error_detail: '', message_id: '', ...r };
  const subject = inboundSubject('receipt', partitionOf(r.channel_account_id, r.provider_message_id), {
    workspaceId: r.workspace_id,
    channelAccountId: r.channel_account_id,
  });
  await publish(h.bus, { subject, id: newId('event'), data: JSON.stringify(receipt) });
}

/** The open conversation of a customer, once there is one with at least so many messages. */
export async function conversationOf(
  h: Harness,
  w: Workspace,
  from: string,
  messages = 1,
): Promise<{ conversation_id: string; mode_epoch: number; ai_mode: string; message_count: number }> {
  const rows = await eventually(
    async () =>
      (
        await h.admin.query(
          'select * from conversation.conversation where agent_id = $1 and remote_address = $2 and closed_at is null and message_count >= $3',
          [w.agentId, from, messages],
        )
      ).rows,
    (found) => found.length === 1,
  );
  return rows[0];
}

export async function dispatchesOf(h: Harness, conversationId: string) {
  return (await h.admin.query('select * from conversation.dispatch where conversation_id = $1 order by dispatch_id', [conversationId]))
    .rows;
}

/** Begins the newest turn of a conversation as the dispatcher would. */
export async function beginTurn(
  h: Harness,
  w: Workspace,
  conversationId: string,
  more: { dispatchId?: string; redelivered?: boolean } = {},
) {
  const dispatchId = more.dispatchId ?? (await dispatchesOf(h, conversationId)).at(-1).dispatch_id;
  const { results } = await h.turns.beginTurns({
    turns: [{ workspaceId: w.workspaceId, conversationId, dispatchId, redelivered: more.redelivered ?? false }],
  });
  return { dispatchId, result: results[0]?.result };
}

export async function commitReply(
  h: Harness,
  w: Workspace,
  o: {
    conversationId: string;
    dispatchId: string;
    epoch: number;
    text?: string;
    more?: Record<string, unknown>;
    /** Instead of a reply. */
    instead?: { $case: 'failure'; value: { error: string } } | { $case: 'deferred'; value: object };
    claimant?: string;
  },
) {
  const value = { messages: o.text === undefined ? [] : [{ text: o.text }], ...o.more };
  const { results } = await h.turns.commitReplies(
    CommitRepliesRequest.fromPartial({
      replies: [
        {
          workspaceId: w.workspaceId,
          conversationId: o.conversationId,
          dispatchId: o.dispatchId,
          modeEpoch: o.epoch,
          result: o.instead ?? { $case: 'reply', value },
          claimant: o.claimant ?? '',
          attempts: 1,
        },
      ],
    }),
  );
  return results[0];
}

export async function claim(h: Harness, w: Workspace, conversationId: string, messageId: string) {
  const sends = [{ workspaceId: w.workspaceId, conversationId, messageId }];
  return (await h.turns.claimSends(ClaimSendsRequest.fromPartial({ sends }))).results[0];
}

export async function record(
  h: Harness,
  w: Workspace,
  o: { conversationId: string; messageId: string; claim: number; outcome: string; providerMessageId?: string; retryAfterMs?: number },
) {
  const { results } = await h.turns.recordSends({
    results: [
      {
        workspaceId: w.workspaceId,
        providerMessageId: '',
        errorCode: o.outcome === 'failed' ? 'test_error' : '',
        errorDetail: '',
        retryAfterMs: 0,
        occurredAt: new Date(),
        ...o,
      },
    ],
  });
  return results[0];
}
