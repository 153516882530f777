import { setTimeout as wait } from 'node:timers/promises';
import { call } from './api.ts';
import { type Demo, type DemoChannel, type DemoWidget, readDemo, writeDemo } from './file.ts';

export type SeedOptions = { file: string; gatewayUrl: string; ingestUrl: string; partnerKey: string };

// 555-0100 to 555-0199 are kept free for fiction in every area code of the North American plan.
const LINES = [
  { channel: 'sms', address: '+12025550100' },
  { channel: 'whatsapp', address: '+12025550101' },
] as const;

type Customer = { name: string; address: string; channel: 'sms' | 'whatsapp'; says: readonly string[] };

const CUSTOMERS: readonly [Customer, Customer, Customer] = [
  { name: 'Ada Obi', address: '+12025550141', channel: 'sms', says: ['Hello, are you open on Saturday?', 'And is there parking?'] },
  { name: 'Bruno Costa', address: '+12025550142', channel: 'whatsapp', says: ['Olá! Quanto custa a entrega para Lisboa?'] },
  { name: 'Chidi Eze', address: '+12025550143', channel: 'whatsapp', says: ['My order 1042 arrived broken. I want to speak to a person.'] },
];

const SETTLE_MS = 20_000;

/**
 * Makes the demo workspace through the public API alone, as a stranger would, and writes `demo.json`. Goes on where an earlier start
 * stopped, and does nothing but refresh the addresses when all is there.
 */
export async function seedDemo(o: SeedOptions): Promise<Demo> {
  const kept = readDemo(o.file);
  const found = kept && (await answers(o.gatewayUrl, kept)) ? relocate(kept, o) : await makeWorkspace(o);
  const workspace = { ...found, widget: await makeWidget(found), ...(await makeOwner(found)) };
  // Written before the conversations: should they fail, the next start must not make a second workspace.
  writeDemo(o.file, workspace);
  if (workspace.conversation_id !== '') return workspace;
  const demo = { ...workspace, conversation_id: await makeConversations(workspace) };
  writeDemo(o.file, demo);
  return demo;
}

async function answers(gatewayUrl: string, demo: Demo): Promise<boolean> {
  try {
    await call('GET', `${gatewayUrl}/v1/agents/${demo.agent_id}`, { key: demo.api_key });
    return true;
  } catch {
    return false;
  }
}

/** The ports may have changed since. */
function relocate(demo: Demo, o: SeedOptions): Demo {
  return {
    ...demo,
    gateway_url: o.gatewayUrl,
    ingest_url: o.ingestUrl,
    partner_key: o.partnerKey,
    channel_accounts: demo.channel_accounts.map((account) => ({
      ...account,
      webhook_url: webhookUrl(o.ingestUrl, account.channel_account_id),
    })),
  };
}

/** The chat of the demo page, which stands at the gateway's address: that may be another one than at the last start. */
async function makeWidget({ gateway_url: gatewayUrl, api_key: key, agent_id, widget }: Demo): Promise<DemoWidget> {
  const { port } = new URL(gatewayUrl);
  const credentials = { allowed_origins: [...new Set([gatewayUrl, `http://127.0.0.1:${port}`, `http://localhost:${port}`])] };
  const urlOf = (id: string) => `${gatewayUrl}/widget/demo?channel=${id}`;
  if (widget && widget.url === urlOf(widget.channel_account_id)) return widget;
  if (widget) {
    await call('PATCH', `${gatewayUrl}/v1/channels/${widget.channel_account_id}`, { key, body: { credentials } });
    return { ...widget, url: urlOf(widget.channel_account_id) };
  }
  const body = { provider: 'web', channel: 'web', address: 'demo page', agent_id, credentials };
  const { channel_account_id: id } = await call<{ channel_account_id: string }>('POST', `${gatewayUrl}/v1/channels`, { key, body });
  return { channel_account_id: id, url: urlOf(id) };
}

type UserRow = { user_id: string; email: string };

/** Somebody to open the console as, without a password, and a new link to do so. */
async function makeOwner({ gateway_url: gatewayUrl, api_key: key, user_id }: Demo): Promise<{ user_id: string; console_url: string }> {
  const users = `${gatewayUrl}/v1/users`;
  const body = { email: 'owner@demo.example', display_name: 'Demo Owner', role: 'owner' };
  const { users: known } = await call<{ users: UserRow[] }>('GET', `${users}?page_size=250&enabled=true&role=owner`, { key });
  const found = known.find((user) => user.user_id === user_id) ?? known.find(({ email }) => email === body.email);
  const { user_id: id } = found ?? (await call<UserRow>('POST', users, { key, body }));
  const { url } = await call<{ url: string }>('POST', `${users}/${id}/sign-in-links`, { key, body: {} });
  return { user_id: id, console_url: url };
}

function webhookUrl(ingestUrl: string, channelAccountId: string): string {
  return `${ingestUrl}/providers/simulator/${channelAccountId}`;
}

async function makeWorkspace(o: SeedOptions): Promise<Demo> {
  const { gatewayUrl } = o;
  const workspace = await call<{ workspace_id: string; api_key: string }>('POST', `${gatewayUrl}/v1/workspaces`, {
    key: o.partnerKey,
    body: { name: 'Demo' },
  });
  const key = workspace.api_key;
  const agent = await call<{ agent_id: string }>('POST', `${gatewayUrl}/v1/agents`, {
    key,
    body: { display_name: 'Echo', language: 'en', backend: { kind: 'echo' } },
  });
  const accounts: DemoChannel[] = [];
  for (const line of LINES) {
    const body = { provider: 'simulator', ...line, agent_id: agent.agent_id };
    const { channel_account_id: id } = await call<{ channel_account_id: string }>('POST', `${gatewayUrl}/v1/channels`, { key, body });
    accounts.push({ channel_account_id: id, provider: 'simulator', ...line, webhook_url: webhookUrl(o.ingestUrl, id) });
  }
  return {
    gateway_url: gatewayUrl,
    ingest_url: o.ingestUrl,
    api_key: key,
    partner_key: o.partnerKey,
    workspace_id: workspace.workspace_id,
    agent_id: agent.agent_id,
    channel_accounts: accounts,
    conversation_id: '',
    customer: CUSTOMERS[0].address,
  };
}

/** Returns the id of the first customer's conversation. The messages' ids are fixed, so a repeat adds nothing. */
async function makeConversations(demo: Demo): Promise<string> {
  const place = { gatewayUrl: demo.gateway_url, key: demo.api_key, accounts: demo.channel_accounts };
  const conversations = new Map<Customer, string>();
  for (const customer of CUSTOMERS) conversations.set(customer, await converse(place, customer));
  const [first, , third] = CUSTOMERS;
  // A person at the desk answers the one who asked for it: the first thing the inbox should show.
  await call('POST', `${demo.gateway_url}/v1/conversations/${conversations.get(third)}/messages`, {
    key: demo.api_key,
    idempotencyKey: 'demo-first-answer',
    body: { body: 'Hello Chidi, this is Grace from support. I am sorry! A new one leaves today.', sender_name: 'Grace' },
  });
  return conversations.get(first) ?? '';
}

type Place = { gatewayUrl: string; key: string; accounts: readonly DemoChannel[] };

/** Sends what the customer says, each line after the answer to the one before, and returns the conversation's id. */
async function converse(place: Place, customer: Customer): Promise<string> {
  const account = place.accounts.find(({ channel }) => channel === customer.channel);
  if (!account) throw new Error(`there is no demo channel for ${customer.channel}`);
  let id = '';
  for (const [index, text] of customer.says.entries()) {
    const from = customer.address;
    await deliver(account, { id: `demo-${from.slice(1)}-${index + 1}`, from, text, contact: { name: customer.name } });
    id = await answered(place, { from, count: (index + 1) * 2 });
  }
  return id;
}

// The directory reaches ingest within milliseconds of the POST that made the account, not before its answer.
async function deliver(account: DemoChannel, message: Record<string, unknown>): Promise<void> {
  const body = { type: 'message', channel: account.channel, to: account.address, timestamp: new Date().toISOString(), ...message };
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    try {
      await call('POST', account.webhook_url, { body });
      return;
    } catch (error) {
      if ((error as { status?: number }).status !== 404 || performance.now() > end) throw error;
      await wait(50);
    }
  }
}

type Row = { conversation_id: string; from_number: string; message_count: number };

async function answered({ gatewayUrl, key }: Place, wanted: { from: string; count: number }): Promise<string> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const { conversations } = await call<{ conversations: Row[] }>('GET', `${gatewayUrl}/v1/conversations`, { key });
    const row = conversations.find(({ from_number }) => from_number === wanted.from);
    if (row && row.message_count >= wanted.count) return row.conversation_id;
    if (performance.now() > end)
      throw new Error(
        `no answer to ${wanted.from} within ${SETTLE_MS / 1000} s (${row ? `${row.message_count} messages` : 'no conversation'})`,
      );
    await wait(50);
  }
}
