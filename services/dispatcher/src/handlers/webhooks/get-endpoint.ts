import type { Endpoint, GetEndpointRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { findEndpoint } from '../../store/webhooks/endpoints.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { endpointToWire } from '../../wire/webhook.ts';

export async function handleGetEndpoint({ db }: Pick<WebhookDeps, 'db'>, request: GetEndpointRequest): Promise<Endpoint> {
  const row = await findEndpoint(db, request.workspaceId, request.endpointId);
  if (!row) throw notFound('webhook endpoint', request.endpointId);
  return endpointToWire(row);
}
