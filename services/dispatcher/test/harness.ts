import { randomBytes } from 'node:crypto';
import { type Bus, connectBus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import { declareStreams, defaultStreamSettings } from '@baton/bus/streams.ts';
import type { DirectoryAgent, DirectoryChannelAccount } from '@baton/contracts/directory.ts';
import type { EventPayloads, EventType } from '@baton/contracts/events.ts';
import { newId } from '@baton/contracts/ids.ts';
import { directoryBucket, directoryFilledKey, directoryKey, eventSubject } from '@baton/contracts/subjects.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import { type KV, Kvm } from '@nats-io/kv';
import type { Config } from '../src/config.ts';
import { type Service, startService } from '../src/service.ts';
import { token } from './turn-service-double.ts';

export const workspaceId = newId('workspace');
export const webhookSecret = `whsec_${randomBytes(24).toString('base64')}`;

export const secretKeys = [`k1:${randomBytes(32).toString('base64')}`];
const box = new SecretBox(secretKeys);

/** Real NATS and Postgres with streams and a directory, and a second connection to publish by. */
export interface Harness extends AsyncDisposable {
  infra: Infra;
  bus: Bus;
  putAgent(id: string, backend: Partial<Omit<DirectoryAgent['backend'], 'secret'>> & { secret?: string }): Promise<void>;
  putAccount(id: string, account: Pick<DirectoryChannelAccount, 'provider'> & { credentials: object; enabled?: boolean }): Promise<void>;
  /** Starts a dispatcher on free ports and waits until it consumes. */
  dispatcher(more: Partial<Config> & { conversationStateAddress: string }): Promise<Service>;
  config(more: Partial<Config> & { conversationStateAddress: string }): Config;
  /** Publishes an event as conversation-state's outbox would. */
  emit<T extends EventType>(
    type: T,
    o: { conversationId: string; agentId?: string; payload: unknown; traceparent?: string },
  ): Promise<void>;
  emitRaw(subject: string, data: string | Uint8Array): Promise<void>;
  /** Waits until a durable consumer has nothing left to deliver or to acknowledge. */
  drained(durable: string): Promise<void>;
}

export async function startHarness(): Promise<Harness> {
  const infra = await startInfra();
  const bus = await connectBus({ url: infra.nats.url, name: 'test' });
  await declareStreams(bus, defaultStreamSettings);
  const directory = await new Kvm(bus.js).create(directoryBucket, { history: 1 });
  await directory.put(directoryFilledKey, '');
  const config: Harness['config'] = (more) => testConfig(infra, more);
  return {
    infra,
    bus,
    config,
    ...directoryWriter(directory),
    async dispatcher(more) {
      // Failures come back at once: what is tested is that they come back.
      const service = await startService(config(more), {
        logger: createLogger('dispatcher', more.logLevel ?? 'silent'),
        redeliverIn: () => 20,
      });
      await service.ready;
      return service;
    },
    async emit(type, { conversationId, agentId = 'agt_echo', payload, traceparent }) {
      const envelope = {
        event_id: newId('event'),
        event_type: type,
        workspace_id: workspaceId,
        agent_id: agentId,
        channel: 'sms',
        conversation_id: conversationId,
        sequence: 1,
        timestamp: new Date().toISOString(),
        payload: payload as EventPayloads[typeof type],
      };
      await publish(bus, {
        subject: eventSubject(type, 0, { workspaceId, conversationId }),
        id: envelope.event_id,
        data: JSON.stringify(envelope),
        ...(traceparent && { traceparent }),
      });
    },
    async emitRaw(subject, data) {
      await publish(bus, { subject, id: newId('event'), data });
    },
    async drained(durable) {
      await eventually(
        () => bus.jsm.consumers.info('EVENTS', durable),
        (info) => info.num_pending === 0 && info.num_ack_pending === 0,
        { what: `${durable} drained` },
      );
    },
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      await infra[Symbol.asyncDispose]();
    },
  };
}

/** Short pauses, short leases. */
export const webhookSettings: Config['webhooks'] = {
  endpointsPerWorkspace: 50,
  concurrency: 64,
  concurrencyPerEndpoint: 8,
  retryDelaysMs: [50, 50],
  leaseGraceMs: 1000,
  disableAfterMs: 3 * 86_400_000,
  retentionMs: 30 * 86_400_000,
  fanOutLeaseMs: 1000,
};

/** Few places; leases that a loaded machine keeps. */
export const replaySettings: Config['replays'] = {
  openPerWorkspace: 2,
  concurrency: 4,
  concurrencyPerReplay: 2,
  leaseMs: 4000,
  retentionMs: 30 * 86_400_000,
};

/** A dispatcher's configuration on these servers: free ports, loopback allowed, short pauses. */
export function testConfig(infra: Infra, more: Partial<Config> & { conversationStateAddress: string }): Config {
  return {
    host: '127.0.0.1',
    port: 0,
    opsPort: 0,
    logLevel: 'silent',
    tracing: false,
    natsUrl: infra.nats.url,
    replicas: 1,
    postgresUrl: infra.postgres.urls.baton_delivery,
    postgresOwnerUrl: infra.postgres.urls.baton_owner,
    serviceToken: token,
    secretKeys,
    ingestUrl: 'http://127.0.0.1:9',
    gatewayUrl: 'https://baton.example',
    egressAllow: ['127.0.0.0/8', '::1/128'],
    turns: 64,
    sends: 64,
    connectionsPerOrigin: 64,
    sendTimeoutMs: 1000,
    attachmentMaxBytes: 1_000_000,
    drainMs: 2000,
    webhooks: webhookSettings,
    replays: replaySettings,
    ...more,
  };
}

function directoryWriter(directory: KV): Pick<Harness, 'putAgent' | 'putAccount'> {
  return {
    async putAgent(id, { secret, ...backend }) {
      const agent: DirectoryAgent = {
        agent_id: id,
        workspace_id: workspaceId,
        display_name: id,
        language: 'en',
        enabled: true,
        backend: { kind: 'echo', url: null, timeout_ms: 5000, secret: secret ? box.seal(secret, `agent:${id}`) : null, ...backend },
        fallback_text: null,
      };
      await directory.put(directoryKey('agent', id), JSON.stringify(agent));
    },
    async putAccount(id, { provider, credentials, enabled = true }) {
      const account: DirectoryChannelAccount = {
        channel_account_id: id,
        workspace_id: workspaceId,
        provider,
        channel: 'sms',
        address: '+15550100',
        agent_id: 'agt_echo',
        enabled,
        credentials: box.seal(JSON.stringify(credentials), `channel_account:${id}`),
      };
      await directory.put(directoryKey('channel_account', id), JSON.stringify(account));
    },
  };
}

/** The payload of a message.received whose turn may begin at once. */
export function pendingMessage(dispatchId: string, more: { outcome?: string; dueAt?: string } = {}) {
  return {
    message_id: newId('message'),
    text: 'hello',
    dispatch: { dispatch_id: dispatchId, outcome: more.outcome ?? 'pending', reason: null, due_at: more.dueAt ?? null },
  };
}
