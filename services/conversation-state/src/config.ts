import { EnvReader } from '@baton/runtime/env.ts';

export interface Config {
  readonly host: string;
  /** gRPC; 0: any free one. */
  readonly port: number;
  readonly opsPort: number;
  readonly natsUrl: string;
  readonly ownerUrl: string;
  readonly databaseUrl: string;
  readonly systemUrl: string;
  readonly serviceToken: string;
  readonly secretKeys: string[];
  readonly replicas: number;
  /** Database connections for the hot path; queries have as many again. */
  readonly poolSize: number;
  readonly logLevel: string;
}

/** The only reader of the environment; one error names everything that is missing or malformed. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const read = new EnvReader(env);
  const config: Config = {
    host: read.text('BATON_HOST', '127.0.0.1'),
    port: read.port('BATON_CONVERSATION_STATE_PORT', 4002),
    opsPort: read.port('BATON_CONVERSATION_STATE_OPS_PORT', 4012),
    natsUrl: read.text('BATON_NATS_URL', 'nats://127.0.0.1:4021'),
    ownerUrl: read.text('BATON_POSTGRES_OWNER_URL'),
    databaseUrl: read.text('BATON_POSTGRES_URL'),
    systemUrl: read.text('BATON_POSTGRES_SYSTEM_URL'),
    serviceToken: read.text('BATON_SERVICE_TOKEN'),
    secretKeys: read.list('BATON_SECRET_KEYS'),
    replicas: read.integer('BATON_NATS_REPLICAS', 1, { min: 1, max: 5 }),
    poolSize: read.integer('BATON_POSTGRES_POOL', 8, { min: 2, max: 100 }),
    logLevel: read.choice('BATON_LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'),
  };
  if (config.secretKeys.length === 0) read.problem('BATON_SECRET_KEYS is missing (id:base64 of 32 bytes)');
  read.finish('conversation-state');
  return Object.freeze(config);
}
