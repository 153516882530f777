import type { Stack } from '@baton/launcher/stack.ts';
import type { Owner } from '../seed/load.ts';

/** A workspace with its key. */
export interface Place {
  workspaceId: string;
  key: string;
}

export interface Asked {
  path: string;
  method?: string;
  key?: string;
  body?: unknown;
}

export async function ask(stack: Stack, { path, method = 'GET', key, body }: Asked): Promise<Record<string, unknown>> {
  const response = await fetch(stack.gatewayUrls[0]! + path, {
    method,
    headers: {
      ...(key === undefined ? { 'x-partner-key': stack.secrets.partnerKey } : { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Record<string, unknown>;
}

export async function makePlace(stack: Stack, name: string): Promise<Place> {
  const made = await ask(stack, { path: '/v1/workspaces', method: 'POST', body: { name } });
  return { workspaceId: String(made['workspace_id']), key: String(made['api_key']) };
}

/** An agent with a channel account, to which messages may belong. */
export async function makeOwner(stack: Stack, place: Place, address: string): Promise<Owner> {
  const post = (path: string, body: object) => ask(stack, { path, method: 'POST', key: place.key, body });
  const agent = await post('/v1/agents', { display_name: `Agent of ${address}`, backend: { kind: 'none' } });
  const agentId = String(agent['agent_id']);
  const channel = await post('/v1/channels', { provider: 'simulator', channel: 'sms', address, agent_id: agentId });
  return { workspaceId: place.workspaceId, agentId, channelAccountId: String(channel['channel_account_id']), address };
}
