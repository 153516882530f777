import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import type { Infra } from '@baton/testkit/infra.ts';
import { replaySettings, secretKeys, webhookSettings } from './harness.ts';
import { token } from './turn-service-double.ts';

/** A dispatcher as a process of its own, ready, which can be killed; with the settings of the tests. */
export async function startDispatcherProcess(
  infra: Infra,
  conversationStateAddress: string,
  env: Record<string, string> = {},
): Promise<AsyncDisposable & { port: number; running(): boolean; kill9(): Promise<void> }> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      BATON_PARENT_PID: String(process.pid),
      BATON_DISPATCHER_PORT: String(port),
      BATON_DISPATCHER_OPS_PORT: String(opsPort),
      BATON_NATS_URL: infra.nats.url,
      BATON_POSTGRES_OWNER_URL: infra.postgres.urls.baton_owner,
      BATON_POSTGRES_URL: infra.postgres.urls.baton_delivery,
      BATON_SERVICE_TOKEN: token,
      BATON_SECRET_KEYS: secretKeys.join(','),
      BATON_CONVERSATION_STATE_ADDR: conversationStateAddress,
      BATON_INGEST_URL: 'http://127.0.0.1:9',
      BATON_GATEWAY_URL: 'http://127.0.0.1:9',
      BATON_EGRESS_ALLOW: '127.0.0.0/8',
      BATON_WEBHOOK_RETRY_MS: webhookSettings.retryDelaysMs.join(','),
      BATON_WEBHOOK_LEASE_GRACE_MS: String(webhookSettings.leaseGraceMs),
      BATON_WEBHOOK_FAN_OUT_LEASE_MS: String(webhookSettings.fanOutLeaseMs),
      BATON_REPLAY_CONCURRENCY_PER_REPLAY: String(replaySettings.concurrencyPerReplay),
      BATON_REPLAY_LEASE_MS: String(replaySettings.leaseMs),
      BATON_LOG_LEVEL: 'error',
      ...env,
    },
  });
  await eventually(async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok, Boolean, {
    timeoutMs: 60_000,
    what: 'the dispatcher to be ready',
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!running()) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return { port, running, kill9: () => end('SIGKILL'), [Symbol.asyncDispose]: () => end('SIGTERM') };
}
