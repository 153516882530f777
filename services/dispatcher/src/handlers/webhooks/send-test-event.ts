import type { Delivery, SendTestEventRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { deliveryOf } from '../../domain/webhook/plan.ts';
import { insertTest } from '../../store/webhooks/deliveries.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { deliveryToWire } from '../../wire/webhook.ts';
import { contextOf } from '../context.ts';
import { enabledEndpoint } from './enabled-endpoint.ts';

/** SendTestEvent: a `webhook.test` goes the way of every delivery, once. */
export async function handleSendTestEvent(deps: WebhookDeps, request: SendTestEventRequest): Promise<Delivery> {
  const { workspaceId, commandId } = contextOf(request.context);
  const endpoint = await enabledEndpoint(deps, workspaceId, request.endpointId);
  const event = {
    event_id: newId('event'),
    event_type: 'webhook.test',
    workspace_id: workspaceId,
    agent_id: null,
    channel: null,
    conversation_id: null,
    sequence: 0,
    timestamp: new Date().toISOString(),
    payload: { webhook_endpoint_id: endpoint.endpoint_id },
  };
  const row = await insertTest(deps.db, {
    delivery: deliveryOf(event, endpoint, newId('delivery')),
    event: { event_id: event.event_id, workspace_id: workspaceId, body: JSON.stringify(event) },
    commandId,
  });
  deps.deliveriesDue([endpoint.endpoint_id]);
  return deliveryToWire(row);
}
