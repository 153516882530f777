import { randomBytes } from 'node:crypto';
import { connectBus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import { apiKeyOf, secretBytes } from '@baton/contracts/api-key.ts';
import type { EventType } from '@baton/contracts/events.ts';
import { newId } from '@baton/contracts/ids.ts';
import { againHeader, eventSubject, partitionOf } from '@baton/contracts/subjects.ts';
import { openDatabase } from '@baton/db/open.ts';
import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { type Scope, scopes, secretHash } from '../src/domain/api-key.ts';
import { unpublished } from '../src/http/document/check-answers.ts';
import { type GatewayService, startService } from '../src/service.ts';
import { insertKey } from '../src/store/key-management.ts';
import type { Tables } from '../src/store/tables.ts';
import { type Child, startChild } from './children.ts';

export const serviceToken = 'test-service-token';
export const secretKeys = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
export const partnerKey = apiKeyOf('live', randomBytes(secretBytes));

/** The configuration of a gateway on these servers; the other services are where nothing listens unless named. */
export function configFor(infra: Infra, more: NodeJS.ProcessEnv = {}): Config {
  return loadConfig({
    BATON_GATEWAY_PORT: '0',
    BATON_NATS_URL: infra.nats.url,
    BATON_POSTGRES_URL: infra.postgres.urls.baton_access,
    BATON_POSTGRES_OWNER_URL: infra.postgres.urls.baton_owner,
    BATON_SERVICE_TOKEN: serviceToken,
    BATON_SECRET_KEYS: secretKeys,
    BATON_CONVERSATION_STATE_ADDR: '127.0.0.1:1',
    BATON_DISPATCHER_ADDR: '127.0.0.1:1',
    BATON_INGEST_ADDR: '127.0.0.1:1',
    BATON_INGEST_URL: 'http://127.0.0.1:4001',
    BATON_GATEWAY_URL: 'http://127.0.0.1:4000',
    BATON_PARTNER_KEY_BOOTSTRAP: partnerKey,
    BATON_CHECK_ANSWERS: '1',
    BATON_LOG_LEVEL: 'silent',
    ...more,
  });
}

export interface Bench extends AsyncDisposable {
  infra: Infra;
  gateway: GatewayService;
  config: Config;
  /** Makes a key of this workspace. */
  key(workspaceId: string, given?: Scope[]): Promise<string>;
  /** Publishes an event as conversation-state would; answers its sequence in the stream. */
  event(e: TestEvent): Promise<number>;
  db: ReturnType<typeof openDatabase<Tables>>;
  bus: Awaited<ReturnType<typeof connectBus>>;
  /** Present with `whole`. */
  state: Child | undefined;
  ingest: Child | undefined;
}

export interface TestEvent {
  type?: EventType;
  workspaceId: string;
  conversationId: string;
  agentId?: string;
  sequence?: number;
  eventId?: string;
  text?: string;
  /** As what a lost stream is filled with. */
  again?: boolean;
}

/** Real servers, the EVENTS stream and one gateway; with `whole` the real conversation-state, dispatcher and ingest as well. */
export async function startBench(more: NodeJS.ProcessEnv = {}, whole = false): Promise<Bench> {
  const infra = await startInfra();
  const state = whole ? await startChild('conversation-state', infra) : undefined;
  const dispatcher = state && (await startChild('dispatcher', infra, { state: state.address }));
  const bus = await connectBus({ url: infra.nats.url, name: 'test' });
  await declareStreams(bus, { ...defaultStreamSettings, inboundMaxBytes: 1e8, eventsMaxBytes: 1e9 });
  const ingest = state && (await startChild('ingest', infra));
  const addresses =
    state && dispatcher && ingest
      ? { BATON_CONVERSATION_STATE_ADDR: state.address, BATON_DISPATCHER_ADDR: dispatcher.address, BATON_INGEST_ADDR: ingest.address }
      : {};
  const config = configFor(infra, { ...addresses, ...more });
  const gateway = await startService(config);
  await ready(gateway);
  const db = openDatabase<Tables>({ url: infra.postgres.urls.baton_access, name: 'test', poolSize: 2 });
  return {
    infra,
    gateway,
    config,
    db,
    bus,
    state,
    ingest,
    key: async (workspaceId, given = [...scopes]) => {
      const key = apiKeyOf('test', randomBytes(secretBytes));
      await insertKey(db.db, { keyId: newId('apiKey'), workspaceId, name: 'test', hash: secretHash(key), hint: '', scopes: given });
      return key;
    },
    event: (e) => publishEvent(bus, e),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
      await ingest?.[Symbol.asyncDispose]();
      await dispatcher?.[Symbol.asyncDispose]();
      await state?.[Symbol.asyncDispose]();
      await infra[Symbol.asyncDispose]();
    },
  };
}

/** Waits until the schema is there: the gateway listens before. */
export async function ready(gateway: GatewayService): Promise<void> {
  for (;;) {
    const answer = (await (await fetch(`${gateway.url}/readyz`)).json()) as { problems: Record<string, string> };
    if (!answer.problems['postgres'] && !answer.problems['nats']) return;
  }
}

export async function publishEvent(bus: Bench['bus'], e: TestEvent): Promise<number> {
  const eventId = e.eventId ?? newId('event');
  const type = e.type ?? 'message.received';
  const agentId = e.agentId ?? 'agt_none';
  const event = {
    event_id: eventId,
    event_type: type,
    workspace_id: e.workspaceId,
    agent_id: agentId,
    channel: 'sms',
    conversation_id: e.conversationId,
    sequence: e.sequence ?? 1,
    timestamp: new Date().toISOString(),
    payload: { text: e.text ?? 'hi' },
  };
  const ack = await publish(bus, {
    subject: eventSubject(type, partitionOf(agentId, e.conversationId), e),
    id: eventId,
    data: JSON.stringify(event),
    ...(e.again && { headers: { [againHeader]: '1' } }),
  });
  return ack.seq;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  body: any;
}

/** One request; a body is sent as JSON. */
export async function call(gateway: GatewayService, o: CallOptions): Promise<Answer> {
  const response = await fetch(`${gateway.url}${o.path}`, {
    method: o.method ?? 'GET',
    headers: {
      ...(o.key && { authorization: `Bearer ${o.key}` }),
      ...(o.body !== undefined && { 'content-type': 'application/json' }),
      ...o.headers,
    },
    ...(o.body !== undefined && { body: typeof o.body === 'string' ? o.body : JSON.stringify(o.body) }),
  });
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json');
  const body = json && text !== '' ? JSON.parse(text) : text;
  // Whatever the test looks at: no answer of any route may differ from what is published.
  if (body?.title === unpublished) throw new Error(body.detail);
  return { status: response.status, headers: response.headers, body };
}

export interface CallOptions {
  path: string;
  method?: string;
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
}
