import { EnvReader } from '@baton/runtime/env.ts';
import { tracingEnabled } from '@baton/telemetry/tracing-enabled.ts';
import { retryDelaysMs } from './domain/webhook/schedule.ts';
import type { ReplaySettings } from './replays/deps.ts';
import type { WebhookSettings } from './webhooks/deps.ts';

export interface Config {
  host: string;
  /** gRPC: dead letters and health. */
  port: number;
  /** HTTP: /healthz, /readyz, /metrics. */
  opsPort: number;
  logLevel: string;
  tracing: boolean;
  natsUrl: string;
  replicas: number;
  postgresUrl: string;
  postgresOwnerUrl: string;
  serviceToken: string;
  secretKeys: string[];
  /** `host:port`, several with commas. */
  conversationStateAddress: string;
  /** Public base URL of ingest, without a slash at the end: providers are told to call it back. */
  ingestUrl: string;
  /** Public base URL of the gateway: AI backends are given links to the customers' files. */
  gatewayUrl: string;
  egressAllow: string[];
  /** How many AI turns this instance has in hand at once. A language model takes ten seconds for one, so 1,024 are about a hundred turns a second. */
  turns: number;
  /** How many sends this instance has in hand at once, besides those that turns make themselves. */
  sends: number;
  /** Connections to one origin (an AI backend, a provider). Fewer than turns: those beyond wait for one within their own time limit. */
  connectionsPerOrigin: number;
  /** A provider that has not answered after so long may or may not have the message. */
  sendTimeoutMs: number;
  /** The largest file of a message that is passed on. */
  attachmentMaxBytes: number;
  /** How long work in hand may take to finish once the service was told to stop. */
  drainMs: number;
  webhooks: WebhookSettings;
  replays: ReplaySettings;
}

/** Throws one error that names everything missing or malformed. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const read = new EnvReader(env);
  const config: Config = {
    host: read.text('BATON_HOST', '127.0.0.1'),
    port: read.port('BATON_DISPATCHER_PORT', 4003),
    opsPort: read.port('BATON_DISPATCHER_OPS_PORT', 4013),
    logLevel: read.text('BATON_LOG_LEVEL', 'info'),
    tracing: tracingEnabled(env),
    natsUrl: read.text('BATON_NATS_URL'),
    replicas: read.integer('BATON_NATS_REPLICAS', 1, { min: 1, max: 5 }),
    postgresUrl: read.text('BATON_POSTGRES_URL'),
    postgresOwnerUrl: read.text('BATON_POSTGRES_OWNER_URL'),
    serviceToken: read.text('BATON_SERVICE_TOKEN'),
    secretKeys: read.list('BATON_SECRET_KEYS'),
    conversationStateAddress: read.text('BATON_CONVERSATION_STATE_ADDR'),
    ingestUrl: read.text('BATON_INGEST_URL').replace(/\/+$/, ''),
    gatewayUrl: read.text('BATON_GATEWAY_URL').replace(/\/+$/, ''),
    egressAllow: read.list('BATON_EGRESS_ALLOW'),
    turns: read.integer('BATON_DISPATCHER_TURNS', 1024, { min: 1, max: 10_000 }),
    sends: read.integer('BATON_DISPATCHER_SENDS', 256, { min: 1, max: 10_000 }),
    connectionsPerOrigin: read.integer('BATON_EGRESS_CONNECTIONS', 1024, { min: 1, max: 10_000 }),
    sendTimeoutMs: read.integer('BATON_SEND_TIMEOUT_MS', 20_000, { min: 100, max: 120_000 }),
    attachmentMaxBytes: read.integer('BATON_ATTACHMENT_MAX_BYTES', 100 * 1024 ** 2, { min: 1024, max: 2 * 1024 ** 3 - 1 }),
    drainMs: read.integer('BATON_DRAIN_MS', 8000, { min: 0, max: 600_000 }),
    webhooks: readWebhooks(read),
    replays: readReplays(read),
  };
  if (config.secretKeys.length === 0) read.problem('BATON_SECRET_KEYS is missing');
  read.finish('dispatcher');
  return Object.freeze(config);
}

function readReplays(read: EnvReader): ReplaySettings {
  return {
    openPerWorkspace: read.integer('BATON_REPLAYS', 5, { min: 1, max: 1000 }),
    concurrency: read.integer('BATON_REPLAY_CONCURRENCY', 16, { min: 1, max: 1000 }),
    concurrencyPerReplay: read.integer('BATON_REPLAY_CONCURRENCY_PER_REPLAY', 4, { min: 1, max: 1000 }),
    leaseMs: read.integer('BATON_REPLAY_LEASE_MS', 15_000, { min: 300, max: 600_000 }),
    retentionMs: read.integer('BATON_REPLAY_RETENTION_DAYS', 30, { min: 1, max: 3650 }) * 86_400_000,
  };
}

function readWebhooks(read: EnvReader): WebhookSettings {
  const delays = read.list('BATON_WEBHOOK_RETRY_MS', retryDelaysMs.map(String)).map(Number);
  if (delays.some((ms) => !Number.isInteger(ms) || ms < 0)) read.problem('BATON_WEBHOOK_RETRY_MS must be whole numbers with commas');
  return {
    endpointsPerWorkspace: read.integer('BATON_WEBHOOK_ENDPOINTS', 50, { min: 1, max: 1000 }),
    concurrency: read.integer('BATON_WEBHOOK_CONCURRENCY', 512, { min: 1, max: 10_000 }),
    concurrencyPerEndpoint: read.integer('BATON_WEBHOOK_CONCURRENCY_PER_ENDPOINT', 16, { min: 1, max: 1000 }),
    retryDelaysMs: delays,
    leaseGraceMs: read.integer('BATON_WEBHOOK_LEASE_GRACE_MS', 10_000, { min: 100, max: 600_000 }),
    disableAfterMs: read.integer('BATON_WEBHOOK_DISABLE_AFTER_MS', 3 * 86_400_000, { min: 0, max: 2_000_000_000 }),
    // Never shorter than EVENTS reaches back: a stream made anew would be delivered anew.
    retentionMs: read.integer('BATON_WEBHOOK_RETENTION_DAYS', 30, { min: 8, max: 3650 }) * 86_400_000,
    fanOutLeaseMs: read.integer('BATON_WEBHOOK_FAN_OUT_LEASE_MS', 5_000, { min: 300, max: 600_000 }),
  };
}
