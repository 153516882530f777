import { publicEventTypes } from '@baton/contracts/events.ts';
import type { Endpoint } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { isId } from '@baton/contracts/ids.ts';
import type { Egress } from '@baton/egress/egress.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';

/** What a request may set of an endpoint. */
export const endpointFields = ['url', 'description', 'event_types', 'agent_ids', 'enabled', 'timeout_ms'] as const;
export type EndpointField = (typeof endpointFields)[number];

export const defaultTimeoutMs = 15_000;
const timeout = { min: 1000, max: 30_000 };
const most = { url: 2048, description: 500, agents: 100 };
const known: ReadonlySet<string> = new Set(publicEventTypes);

/** The columns that the named fields set. Throws for the first one that makes no sense, and for a URL that may never be asked. */
export function endpointColumns(egress: Egress, endpoint: Endpoint, fields: readonly string[]) {
  const given = (field: EndpointField) => fields.includes(field);
  return {
    ...(given('url') && { url: checkedUrl(egress, endpoint.url) }),
    ...(given('description') && { description: checkedDescription(endpoint.description) }),
    ...(given('event_types') && { event_types: checkedTypes(endpoint.eventTypes) }),
    ...(given('agent_ids') && { agent_ids: checkedAgents(endpoint.agentIds) }),
    ...(given('timeout_ms') && { timeout_ms: checkedTimeout(endpoint.timeoutMs) }),
  };
}

/** A name is judged at every connect, so that it may change its address later; a literal address can be refused at once. */
function checkedUrl(egress: Egress, text: string): string {
  const url = URL.parse(text);
  if (!url || text.length > most.url || /\s/.test(text)) throw invalidField('/url', 'must be an http or https URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalidField('/url', 'must begin with http:// or https://');
  if (url.username || url.password) throw invalidField('/url', 'must not contain a user name or a password');
  if (url.hash) throw invalidField('/url', 'must not contain a fragment: it would never be sent');
  if (url.port === '0') throw invalidField('/url', 'must not name port 0');
  const refusal = egress.refusal(text);
  if (refusal) throw new BatonError('egress_refused', `/url: ${refusal}.`, { problems: [{ path: '/url', message: refusal }] });
  return url.href;
}

function checkedDescription(text: string): string {
  if (text.length > most.description || text.includes('\0'))
    throw invalidField('/description', `must be a text of up to ${most.description} characters`);
  return text;
}

function checkedTypes(types: string[]): string[] {
  for (const [index, type] of types.entries())
    if (!known.has(type)) throw invalidField(`/event_types/${index}`, 'is no event type that can be subscribed to');
  return [...new Set(types)];
}

function checkedAgents(ids: string[]): string[] {
  if (ids.length > most.agents) throw invalidField('/agent_ids', `must name at most ${most.agents} agents`);
  for (const [index, id] of ids.entries()) if (!isId('agent', id)) throw invalidField(`/agent_ids/${index}`, 'is no id of an agent');
  return [...new Set(ids)];
}

function checkedTimeout(ms: number): number {
  if (ms < timeout.min || ms > timeout.max) throw invalidField('/timeout_ms', `must be from ${timeout.min} to ${timeout.max}`);
  return ms;
}
