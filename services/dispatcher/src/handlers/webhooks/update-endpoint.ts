import type { Endpoint, UpdateEndpointRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { invalidField, notFound } from '@baton/errors/baton-error.ts';
import { sql } from 'kysely';
import { changeEndpoint, type EndpointChange, type EndpointRow } from '../../store/webhooks/endpoints.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { endpointToWire } from '../../wire/webhook.ts';
import { contextOf } from '../context.ts';
import { endpointColumns } from './endpoint-input.ts';

/** UpdateEndpoint: fields not named stay. Enabled again it starts with a clean record, and what was waiting goes on. */
export async function handleUpdateEndpoint(deps: WebhookDeps, request: UpdateEndpointRequest): Promise<Endpoint> {
  const { workspaceId } = contextOf(request.context);
  const { endpoint, endpointId, fields } = request;
  if (!endpoint) throw invalidField('/endpoint', 'is missing');
  const columns = endpointColumns(deps.egress, endpoint, fields);
  const row = await changeEndpoint(deps.db, { workspaceId, endpointId }, (stands) => ({
    ...columns,
    ...(fields.includes('enabled') && switched(stands, endpoint.enabled)),
  }));
  if (!row) throw notFound('webhook endpoint', endpointId);
  await deps.endpointsChanged();
  return endpointToWire(row);
}

function switched(stands: EndpointRow, enabled: boolean): EndpointChange {
  if (stands.enabled === enabled) return {};
  const now = sql<Date>`now()`;
  return enabled
    ? { enabled, disabled_reason: null, disabled_at: null, failing_since: null, active_from: now }
    : { enabled, disabled_reason: 'manual', disabled_at: now };
}
