import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceProcess } from '@baton/launcher/stack/service.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import { type FakeProvider, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crowdWrites } from '../support/customers/crowd.ts';
import { twilioLine } from '../support/customers/line.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { type Evidence, judge } from '../support/judge/checker.ts';
import { gather, openWork } from '../support/judge/evidence.ts';
import { type Running, startProduct } from '../support/start.ts';
import { type Account, makeWorkspace, type Workspace } from '../support/workspace.ts';

const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
const twilio = { account_sid: `AC${'e'.repeat(32)}`, auth_token: '0123456789abcdef0123456789abcdef' };
const customers = 200;
const messages = 20;

let running: Running;
let database: Database;
let ai: FakeAi;
let provider: FakeProvider;

beforeAll(async () => {
  ai = await startFakeAi({ secret });
  // The dispatch's id makes every reply unlike any other, and the same when a turn is taken anew.
  ai.respond(({ turn }) => ({ json: { text: `Answer ${turn.dispatch_id}` } }));
  provider = await startFakeProvider({ twilio });
  // Long enough that every kill finds messages that the provider has and the dispatcher does not know of.
  provider.respond({ accept: true, delayMs: 100 });
  running = await startProduct({ instances: { ingest: 2, 'conversation-state': 2, dispatcher: 2, gateway: 2 } });
  database = openDatabase(running.product);
});

afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  await running?.[Symbol.asyncDispose]();
  await ai?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});

test('two instances of every service: 200 conversations of 20 messages, in order, none lost, none doubled', async () => {
  const tenant = await newTenant();
  const accepted = await crowd(tenant, { everyMs: 0 });
  await expectSound(tenant, accepted);
});

test('the same while each service is killed in turn', async () => {
  const tenant = await newTenant();
  const writing = crowd(tenant, { everyMs: 1_200 });
  const victims = ['ingest', 'conversation-state', 'dispatcher', 'gateway'] as const;
  const faults = (async () => {
    for (const name of victims) {
      for (const service of running.stack.of(name)) {
        await wait(1_000);
        await killed(service);
      }
    }
  })();
  const [accepted] = await Promise.all([writing, faults]);
  await expectSound(tenant, accepted);
});

test('the same while NATS and Postgres are killed and started again', async () => {
  const tenant = await newTenant();
  const { nats, postgres } = running.stack;
  const writing = crowd(tenant, { everyMs: 900 });
  const faults = (async () => {
    for (const server of [nats, postgres, nats, postgres]) {
      await wait(2_000);
      await server?.kill9();
      await wait(1_000);
      await server?.restart();
    }
  })();
  const [accepted] = await Promise.all([writing, faults]);
  await expectSound(tenant, accepted);
  // No service had to be started again for it.
  expect(running.stack.services.filter(({ running: runs }) => !runs)).toEqual([]);
});

type Tenant = { workspace: Workspace; account: Account };

async function newTenant(): Promise<Tenant> {
  const workspace = await makeWorkspace(running.product, { backend: { kind: 'webhook', url: ai.url, secret, timeout_ms: 30_000 } });
  const credentials = { ...twilio, api_base: provider.url };
  return { workspace, account: await workspace.addChannel({ provider: 'twilio', channel: 'sms', address: '+12025550191', credentials }) };
}

function crowd({ account }: Tenant, o: { everyMs: number }): Promise<Evidence['accepted']> {
  ai.calls.length = 0;
  provider.calls.length = 0;
  return crowdWrites({ product: running.product, line: twilioLine(account, twilio.auth_token), customers, messages, ...o });
}

/** Kills it outright and waits until the next process of it is ready. */
async function killed(service: ServiceProcess): Promise<void> {
  const { starts } = service;
  service.kill('SIGKILL');
  await eventually(
    () => service.starts,
    (now) => now > starts,
    { timeoutMs: 20_000, what: `a new ${service.label}` },
  );
  await service.ready();
}

/** The backlog drains by itself; then everything must stand as promised. */
async function expectSound({ workspace }: Tenant, accepted: Evidence['accepted']): Promise<void> {
  const { product } = running;
  expect(accepted).toHaveLength(customers * messages);
  await eventually(
    async () => [await answered(workspace), await openWork(database, workspace.workspaceId)] as const,
    ([inbound, open]) => inbound === accepted.length && open === 0,
    { timeoutMs: 120_000, everyMs: 250, what: 'every message in its place and no work left (messages in, work open)' },
  );
  const evidence = await gather({ product, database, workspaceId: workspace.workspaceId }, { accepted, provider: provider.calls });
  expect(judge(evidence).slice(0, 20)).toEqual([]);
  expect(evidence.conversations).toHaveLength(customers);
  expectWholeHistory(evidence);
  const counts = Object.entries(Object.groupBy(evidence.messages, ({ status }) => status)).map(
    ([status, rows]) => `${status} ${rows?.length}`,
  );
  console.info(`${counts.join(', ')}; ${ai.calls.length} AI calls, ${provider.calls.length} sends, ${evidence.dispatches.length} turns`);
}

async function answered(workspace: Workspace): Promise<number> {
  const [row] = await database.rows(
    "select count(*)::int as n from conversation.message where workspace_id = $1 and direction = 'inbound'",
    [workspace.workspaceId],
  );
  return row.n;
}

/** Whoever answered the last turn of a conversation had been shown all that the customer wrote, in order. */
function expectWholeHistory({ conversations, accepted }: Evidence): void {
  const written = Map.groupBy(accepted, ({ from }) => from);
  const calls = new Map(ai.calls.map(({ turn }) => [turn.conversation_id, turn]));
  for (const { conversation_id: id, remote_address: from } of conversations) {
    const shown = calls
      .get(id)
      ?.messages.filter(({ role }) => role === 'user')
      .map(({ text }) => text);
    expect(shown).toEqual(written.get(from)?.map(({ text }) => text));
  }
}
