import { eventually } from '@baton/testkit/eventually.ts';
import { type Answer, type CallOptions, call, type Json, must } from './api.ts';
import type { Product } from './product.ts';

export type Account = { channel_account_id: string; address: string; channel: string; webhook_url: string };

/** One tenant with an agent, and what a test does as its user. */
export type Workspace = {
  product: Product;
  workspaceId: string;
  agentId: string;
  key: string;
  /** Any answer. */
  call(method: string, path: string, o?: Omit<CallOptions, 'key'>): Promise<Answer>;
  /** The body, which must come with a 2xx. */
  must(method: string, path: string, body?: unknown): Promise<Json>;
  addChannel(o: { provider: string; channel: string; address: string; credentials?: Record<string, unknown> }): Promise<Account>;
  /** A simulated phone of a customer, who writes to that account. */
  customer(account: Account, o?: { name?: string; from?: string }): Customer;
  conversationOf(address: string): Promise<Json>;
};

export type Customer = {
  address: string;
  /** Answers when ingest has accepted it; returns the provider's message id. */
  says(text: string, id?: string): Promise<string>;
  /** What has reached the phone, oldest first. */
  outbox(): Promise<{ id: string; message_id: string; to: string; text: string; sent_at: string }[]>;
  /** Waits until so many messages have reached the phone and returns their texts. */
  heard(count: number, timeoutMs?: number): Promise<string[]>;
};

let numbers = 0;

/** A number of a kind that nobody has (555-01xx of the North American plan), new within this process. */
export function freshNumber(): string {
  numbers += 1;
  const area = 200 + (numbers % 700);
  return `+1${area}555${String(100 + Math.floor(numbers / 700)).padStart(4, '0')}`;
}

/** `agent`: what `POST /v1/agents` takes besides the name; the echo backend unless told. */
export async function makeWorkspace(product: Product, agent: Record<string, unknown> = {}): Promise<Workspace> {
  const base = product.gatewayUrls[0];
  const { workspace_id: workspaceId, api_key: key } = await must('POST', `${base}/v1/workspaces`, {
    key: product.partnerKey,
    body: { name: 'Test' },
  });
  const made = await must('POST', `${base}/v1/agents`, {
    key,
    body: { display_name: 'Ada', language: 'en', backend: { kind: 'echo' }, ...agent },
  });
  const workspace: Workspace = {
    product,
    workspaceId,
    key,
    agentId: made.agent_id,
    call: (method, path, o) => call(method, `${base}${path}`, { key, ...o }),
    must: (method, path, body) => must(method, `${base}${path}`, { key, ...(body === undefined ? {} : { body }) }),
    addChannel: (o) => addChannel(workspace, o),
    customer: (account, o) => simulatedPhone(product, account, o),
    conversationOf: async (address) => {
      const { conversations } = await workspace.must('GET', '/v1/conversations?page_size=250');
      return conversations.find(({ from_number }: Json) => from_number === address);
    },
  };
  return workspace;
}

async function addChannel(workspace: Workspace, o: Parameters<Workspace['addChannel']>[0]): Promise<Account> {
  return workspace.must('POST', '/v1/channels', { ...o, agent_id: workspace.agentId });
}

export function simulatedPhone(product: Product, account: Account, o: { name?: string; from?: string } = {}): Customer {
  const address = o.from ?? freshNumber();
  const base = `${product.ingestUrls[0]}/providers/simulator/${account.channel_account_id}`;
  const outbox: Customer['outbox'] = async () => (await must('GET', `${base}/outbox?to=${encodeURIComponent(address)}`)).messages;
  return {
    address,
    outbox,
    says: async (text, id = crypto.randomUUID()) => {
      const message = { type: 'message', id, channel: account.channel, from: address, to: account.address, text };
      const body = { ...message, timestamp: new Date().toISOString(), ...(o.name ? { contact: { name: o.name } } : {}) };
      const answer = await must('POST', base, { body });
      if (answer.accepted !== 1) throw new Error(`ingest answered ${JSON.stringify(answer)}`);
      return id;
    },
    heard: async (count, timeoutMs = 10_000) => {
      const found = await eventually(outbox, (messages) => messages.length >= count, { timeoutMs, everyMs: 50, what: `${count} messages` });
      return found.map(({ text }) => text);
    },
  };
}
