import type { ListEndpointsRequest, ListEndpointsResponse } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { listEndpoints } from '../../store/webhooks/endpoints.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { endpointToWire } from '../../wire/webhook.ts';
import { pageOf } from '../page.ts';

/** ListEndpoints: newest first; the cursor is the id of the last one shown. */
export async function handleListEndpoints({ db }: Pick<WebhookDeps, 'db'>, request: ListEndpointsRequest): Promise<ListEndpointsResponse> {
  const { page, nextCursor } = await pageOf('webhookEndpoint', request, {
    read: (o) => listEndpoints(db, { workspaceId: request.workspaceId, ...o }),
    idOf: (row) => row.endpoint_id,
  });
  return { endpoints: page.map(endpointToWire), nextCursor };
}
