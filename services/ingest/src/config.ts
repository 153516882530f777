import { EnvReader } from '@baton/runtime/env.ts';
import { type HttpLimits, readHttpLimits } from '@baton/runtime/http/limits.ts';

export interface Config {
  host: string;
  port: number;
  logLevel: string;
  natsUrl: string;
  replicas: number;
  /** Public base URL, without a slash at the end: what Twilio signed begins with it. */
  ingestUrl: string;
  /** Believe X-Forwarded-Proto and X-Forwarded-Host instead: only behind a proxy that sets them itself. */
  trustProxy: boolean;
  secretKeys: string[];
  /** The dispatcher shows it when it sends through the simulator. */
  serviceToken: string;
  simulator: SimulatorConfig | undefined;
  http: HttpLimits;
  /** Requests worked on at once; one more is answered 503 at once instead of waiting in memory. */
  maxRequests: number;
  /** Messages and receipts waiting for JetStream at once. */
  maxPending: number;
  publishTimeoutMs: number;
  /** For files that came with mails: bytes in all, and days until one is deleted. */
  files: { maxBytes: number; days: number };
  /** How long requests in hand may take to finish once the service was told to stop. */
  drainMs: number;
}

export interface SimulatorConfig {
  receipts: boolean;
  /** After the message was "sent". */
  deliveredMs: number;
  readMs: number;
}

/** Throws one error that names everything missing or malformed. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const read = new EnvReader(env);
  const simulator: SimulatorConfig = {
    receipts: read.flag('BATON_SIMULATOR_RECEIPTS', true),
    deliveredMs: read.integer('BATON_SIMULATOR_DELIVERED_MS', 200, { min: 0, max: 86_400_000 }),
    readMs: read.integer('BATON_SIMULATOR_READ_MS', 1000, { min: 0, max: 86_400_000 }),
  };
  const config: Config = {
    host: read.text('BATON_HOST', '127.0.0.1'),
    port: read.port('BATON_INGEST_PORT', 4001),
    logLevel: read.text('BATON_LOG_LEVEL', 'info'),
    natsUrl: read.text('BATON_NATS_URL'),
    replicas: read.integer('BATON_NATS_REPLICAS', 1, { min: 1, max: 5 }),
    ingestUrl: read.text('BATON_INGEST_URL').replace(/\/+$/, ''),
    trustProxy: read.flag('BATON_TRUST_PROXY'),
    secretKeys: read.list('BATON_SECRET_KEYS'),
    serviceToken: read.text('BATON_SERVICE_TOKEN'),
    simulator: read.flag('BATON_SIMULATOR') ? simulator : undefined,
    http: readHttpLimits(read),
    maxRequests: read.integer('BATON_INGEST_MAX_REQUESTS', 2000, { min: 1, max: 100_000 }),
    maxPending: read.integer('BATON_INGEST_MAX_PENDING', 10_000, { min: 500, max: 1_000_000 }),
    publishTimeoutMs: read.integer('BATON_INGEST_PUBLISH_TIMEOUT_MS', 5000, { min: 100, max: 60_000 }),
    files: {
      maxBytes: read.integer('BATON_INGEST_FILES_MB', 1024, { min: 16, max: 1_048_576 }) * 1_048_576,
      days: read.integer('BATON_INGEST_FILES_DAYS', 90, { min: 1, max: 3650 }),
    },
    drainMs: read.integer('BATON_DRAIN_MS', 8000, { min: 0, max: 600_000 }),
  };
  if (config.secretKeys.length === 0) read.problem('BATON_SECRET_KEYS is missing');
  if (config.ingestUrl !== '' && !/^https?:\/\/[^\s?#]+$/.test(config.ingestUrl)) {
    read.problem('BATON_INGEST_URL must be an http or https URL without a query');
  }
  read.finish('ingest');
  return Object.freeze(config);
}
