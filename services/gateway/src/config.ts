import { isApiKey } from '@baton/contracts/api-key.ts';
import { EnvReader } from '@baton/runtime/env.ts';
import { type HttpLimits, readHttpLimits } from '@baton/runtime/http/limits.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import { type DialectHosts, parseDialectHosts } from './dialects/hosts.ts';
import { type OidcSettings, readOidc } from './sessions/oidc/settings.ts';

export interface Config {
  host: string;
  port: number;
  natsUrl: string;
  postgresUrl: string;
  postgresOwnerUrl: string;
  postgresPool: number;
  serviceToken: string;
  /** `<id>:<base64>` each; the first seals and signs, all open and verify. */
  secretKeys: string[];
  conversationStateAddress: string;
  dispatcherAddress: string;
  /** `host:port` of each instance of ingest, as other services reach it. */
  ingestAddresses: string[];
  /** Public base URL of ingest, without a trailing slash: webhook addresses are made from it. */
  ingestUrl: string;
  /** Public base URL of this service. */
  gatewayUrl: string;
  /** A partner key that is accepted from the start; undefined: none. */
  bootstrapPartnerKey: string | undefined;
  corsOrigins: string[];
  /** Host names at which a dialect answers as the product it stands in for. */
  dialectHosts: DialectHosts;
  /** Requests a second and in a burst, for one key in one process. */
  rateLimit: { perSecond: number; burst: number };
  /** Refused credentials a second and in a burst, for one address in one process. */
  failureLimit: { perSecond: number; burst: number };
  /** How long somebody stays signed in, unused and at the longest. */
  sessions: { idleSeconds: number; lifeSeconds: number };
  /** The provider that people of one workspace sign in at; undefined: none. */
  oidc: OidcSettings | undefined;
  /** Ranges that may be asked besides public addresses. */
  egressAllow: string[];
  /** How long it is remembered who did what. */
  auditRetentionDays: number;
  streamsPerKey: number;
  http: HttpLimits;
  /** New visitors of one channel account's widgets a second and in a burst, in one process. */
  widgetSessionLimit: { perSecond: number; burst: number };
  /** Open streams of one channel account's visitors, in one process. */
  widgetStreams: number;
  /** Whether there are simulated customers: then there is a page to try the widget on as well. */
  simulator: boolean;
  /** A build of `packages/console`; undefined: none is served. */
  consoleDir: string | undefined;
  /** A reader of an export that takes nothing for so long is cut off. */
  exportStallMs: number;
  /** Whether X-Forwarded-For names the client: only behind a proxy that sets it. */
  trustProxy: boolean;
  /** For tests: an answer that is not as published becomes a fault. */
  checkAnswers: boolean;
  logLevel: string;
}

/** Reads the environment once; one error names everything that is missing or malformed. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const read = new EnvReader(env);
  const config: Config = {
    host: read.text('BATON_HOST', '127.0.0.1'),
    port: read.port('BATON_GATEWAY_PORT', 4000),
    natsUrl: read.text('BATON_NATS_URL'),
    postgresUrl: read.text('BATON_POSTGRES_URL'),
    postgresOwnerUrl: read.text('BATON_POSTGRES_OWNER_URL'),
    postgresPool: read.integer('BATON_POSTGRES_POOL', 10, { min: 1, max: 200 }),
    serviceToken: read.text('BATON_SERVICE_TOKEN'),
    secretKeys: read.list('BATON_SECRET_KEYS'),
    conversationStateAddress: read.text('BATON_CONVERSATION_STATE_ADDR'),
    dispatcherAddress: read.text('BATON_DISPATCHER_ADDR'),
    ingestAddresses: read.list('BATON_INGEST_ADDR'),
    ingestUrl: read.text('BATON_INGEST_URL').replace(/\/+$/, ''),
    gatewayUrl: read.text('BATON_GATEWAY_URL').replace(/\/+$/, ''),
    bootstrapPartnerKey: read.optional('BATON_PARTNER_KEY_BOOTSTRAP'),
    corsOrigins: read.list('BATON_CORS_ORIGINS'),
    dialectHosts: parseDialectHosts(read.list('BATON_DIALECT_HOSTS'), (sentence) => read.problem(sentence)),
    rateLimit: {
      perSecond: read.integer('BATON_RATE_LIMIT_PER_SECOND', 100, { min: 1, max: 1_000_000 }),
      burst: read.integer('BATON_RATE_LIMIT_BURST', 200, { min: 1, max: 1_000_000 }),
    },
    failureLimit: {
      perSecond: read.integer('BATON_AUTH_FAILURES_PER_SECOND', 10, { min: 1, max: 1_000_000 }),
      burst: read.integer('BATON_AUTH_FAILURES_BURST', 50, { min: 1, max: 1_000_000 }),
    },
    sessions: {
      idleSeconds: read.integer('BATON_SESSION_IDLE_MINUTES', 480, { min: 2, max: 43_200 }) * 60,
      lifeSeconds: read.integer('BATON_SESSION_HOURS', 168, { min: 1, max: 8760 }) * 3600,
    },
    oidc: readOidc(read),
    egressAllow: read.list('BATON_EGRESS_ALLOW'),
    auditRetentionDays: read.integer('BATON_AUDIT_RETENTION_DAYS', 400, { min: 1, max: 36_500 }),
    exportStallMs: read.integer('BATON_EXPORT_STALL_MS', 30_000, { min: 100, max: 30_000 }),
    streamsPerKey: read.integer('BATON_STREAMS_PER_KEY', 2000, { min: 1, max: 100_000 }),
    http: readHttpLimits(read),
    widgetSessionLimit: {
      perSecond: read.integer('BATON_WIDGET_SESSIONS_PER_SECOND', 10, { min: 1, max: 1_000_000 }),
      burst: read.integer('BATON_WIDGET_SESSIONS_BURST', 300, { min: 1, max: 1_000_000 }),
    },
    widgetStreams: read.integer('BATON_WIDGET_STREAMS', 10_000, { min: 1, max: 1_000_000 }),
    simulator: read.flag('BATON_SIMULATOR'),
    consoleDir: read.optional('BATON_CONSOLE_DIR'),
    trustProxy: read.flag('BATON_TRUST_PROXY'),
    checkAnswers: read.flag('BATON_CHECK_ANSWERS'),
    logLevel: read.choice('BATON_LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'),
  };
  if (config.ingestAddresses.length === 0) read.problem('BATON_INGEST_ADDR is missing');
  try {
    new SecretBox(config.secretKeys);
  } catch (error) {
    read.problem(error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
  }
  if (config.bootstrapPartnerKey !== undefined && !isApiKey(config.bootstrapPartnerKey))
    read.problem('BATON_PARTNER_KEY_BOOTSTRAP is no key: pk_live_ (or pk_test_), 26 letters or digits and a checksum of 6');
  read.finish('gateway');
  return Object.freeze(config);
}
