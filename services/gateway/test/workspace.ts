import { publish } from '@baton/bus/publish.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { inboundMessage, inboundPublication } from '@baton/testkit/inbound-message.ts';
import { expect } from 'vitest';
import { type Answer, type Bench, call, partnerKey } from './support.ts';

let customers = 0;
/** Nobody has heard of them. */
export const newCustomer = () => `+1555${2_000_000 + ++customers}`;

/** A workspace with an agent that has no AI and two channel accounts, and what a test asks of it. */
export async function makeWorkspace(bench: Bench) {
  const made = await call(bench.gateway, { path: '/v1/workspaces', method: 'POST', key: partnerKey, body: { name: 'Trattoria' } });
  expect(made.status).toBe(201);
  const { workspace_id: workspaceId, api_key: key } = made.body as { workspace_id: string; api_key: string };
  const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => call(bench.gateway, { path, key, headers });
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    call(bench.gateway, { path, method: 'POST', key, headers, ...(body !== undefined && { body }) });
  const patch = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    call(bench.gateway, { path, method: 'PATCH', key, body, headers });
  const agentId: string = (await post('/v1/agents', { display_name: 'Clara', backend: { kind: 'none' } })).body.agent_id;
  const account = async (channel: string, address: string): Promise<string> =>
    (await post('/v1/channels', { provider: 'simulator', channel, address, agent_id: agentId })).body.channel_account_id;
  const channelId = await account('sms', '+15550100');
  await account('whatsapp', '+15550101');

  /** A customer writes; resolves when it is stored, as ingest would answer. */
  async function customerSays(from: string, text: string, more: { channel?: string } = {}): Promise<void> {
    const who = { workspace_id: workspaceId, agent_id: agentId, channel_account_id: channelId, from };
    const contact = { name: 'Ada', email: '', attributes: { lead_status: 'new' } };
    await publish(bench.bus, inboundPublication(inboundMessage({ ...who, ...more, text, contact })));
  }

  /** A customer writes; answers the conversation it became part of. */
  async function customerWrites(from: string, text = 'Hello', more: { channel?: string } = {}): Promise<string> {
    await customerSays(from, text, more);
    const found = await eventually(async () =>
      (await get('/v1/conversations?page_size=250')).body.conversations.find(
        (c: { from_number: string; last_message_preview: string }) => c.from_number === from && c.last_message_preview === text,
      ),
    );
    return found.conversation_id;
  }

  return { workspaceId, key, agentId, channelId, get, post, patch, customerSays, customerWrites };
}

export type Workspace = Awaited<ReturnType<typeof makeWorkspace>>;
