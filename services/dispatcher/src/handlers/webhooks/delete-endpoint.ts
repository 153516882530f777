import type { DeleteEndpointRequest, DeleteEndpointResponse } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { sql } from 'kysely';
import { changeEndpoint } from '../../store/webhooks/endpoints.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { contextOf } from '../context.ts';

/** DeleteEndpoint: gone at once for everybody; its deliveries are cleared away in the background. */
export async function handleDeleteEndpoint(deps: WebhookDeps, request: DeleteEndpointRequest): Promise<DeleteEndpointResponse> {
  const { workspaceId } = contextOf(request.context);
  await changeEndpoint(deps.db, { workspaceId, endpointId: request.endpointId }, () => ({ deleted_at: sql<Date>`now()` }));
  await deps.endpointsChanged();
  return {};
}
