import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Stack, startStack } from '@baton/launcher/stack.ts';
import type { BenchAccount, Component, Target, TargetOptions } from './target.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** The whole of Baton as `npm start` runs it, set up through its own API: one workspace, and an agent with the stub backend per account. */
export async function startProduct(o: TargetOptions): Promise<Target> {
  const stack = await startStack({
    root,
    dataDir: o.dir,
    nats: { syncInterval: o.syncInterval },
    postgres: { settings: o.postgresSettings },
    supervise: false,
    say: o.say,
    env: o.nodeOptions ? { NODE_OPTIONS: o.nodeOptions } : {},
  });
  try {
    return targetOf(stack, await setUp(stack, o));
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function targetOf(stack: Stack, { key, accounts }: { key: string; accounts: BenchAccount[] }): Target {
  return {
    name: 'product',
    origin: stack.ingestUrls[0]!,
    api: { url: stack.gatewayUrls[0]!, key },
    natsUrl: stack.natsUrl,
    databaseUrl: stack.superUrl.replace(/\/postgres$/, '/baton'),
    accounts,
    components: componentsOf(stack),
    consumerPids: () => stack.of('conversation-state').map((service) => service.pid),
    [Symbol.asyncDispose]: () => stack.stop(),
  };
}

/** Of a stack with servers of its own. */
export function componentsOf({ services, nats, postgres }: Stack): Component[] {
  return [
    ...services.map((service) => ({ name: service.label, pid: () => service.pid })),
    { name: 'nats', pid: () => nats!.pid },
    { name: 'postgres', pid: () => postgres!.pid, tree: true },
  ];
}

async function setUp(stack: Stack, o: TargetOptions): Promise<{ key: string; accounts: BenchAccount[] }> {
  const gateway = stack.gatewayUrls[0]!;
  const partner = { 'x-partner-key': stack.secrets.partnerKey };
  const workspace = await call(gateway, '/v1/workspaces', { name: 'Benchmark' }, partner);
  const api = String(workspace['api_key']);
  const headers = { authorization: `Bearer ${api}` };
  const accounts: BenchAccount[] = [];
  for (let i = 0; i < o.accounts; i++) {
    const agent = await call(
      gateway,
      '/v1/agents',
      {
        display_name: `Bench ${i}`,
        language: 'en',
        backend: { kind: 'webhook', url: o.aiUrl, secret: `whsec_${randomBytes(32).toString('base64')}`, timeout_ms: 30_000 },
      },
      headers,
    );
    const key = randomBytes(32);
    const address = `+1415100${1000 + i}`;
    const channel = await call(
      gateway,
      '/v1/channels',
      {
        provider: 'http',
        channel: 'sms',
        address,
        agent_id: agent['agent_id'],
        credentials: { secret: `whsec_${key.toString('base64')}`, outbound_url: o.providerUrl },
      },
      headers,
    );
    accounts.push({ path: `/providers/http/${channel['channel_account_id']}`, address, key });
  }
  return { key: api, accounts };
}

async function call(base: string, route: string, body: unknown, headers: Record<string, string>): Promise<Record<string, unknown>> {
  const response = await fetch(base + route, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${route} was answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Record<string, unknown>;
}
