import type { CreateEndpointRequest, EndpointWithSecret } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import { insertEndpoint } from '../../store/webhooks/endpoints.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { chooseSecret, openSecret, sealSecret } from '../../webhooks/secret.ts';
import { endpointToWire } from '../../wire/webhook.ts';
import { contextOf } from '../context.ts';
import { defaultTimeoutMs, endpointColumns, endpointFields } from './endpoint-input.ts';

/** CreateEndpoint: the same command again gives the same endpoint, with its secret: whoever asks again has not seen the first answer. */
export async function handleCreateEndpoint(deps: WebhookDeps, request: CreateEndpointRequest): Promise<EndpointWithSecret> {
  const { workspaceId, commandId } = contextOf(request.context);
  const given = request.endpoint;
  if (!given) throw invalidField('/endpoint', 'is missing');
  const endpointId = newId('webhookEndpoint');
  const columns = endpointColumns(deps.egress, { ...given, timeoutMs: given.timeoutMs || defaultTimeoutMs }, endpointFields);
  const row = await insertEndpoint(
    deps.db,
    {
      endpoint_id: endpointId,
      workspace_id: workspaceId,
      url: columns.url ?? '',
      description: columns.description ?? '',
      event_types: columns.event_types ?? [],
      agent_ids: columns.agent_ids ?? [],
      timeout_ms: columns.timeout_ms ?? defaultTimeoutMs,
      secret: JSON.stringify(sealSecret(deps.box, endpointId, chooseSecret(request.secret))),
      created_by_command: commandId,
    },
    deps.settings.endpointsPerWorkspace,
  );
  if (!row) throw new BatonError('conflict', `A workspace can have ${deps.settings.endpointsPerWorkspace} webhook endpoints at most.`);
  await deps.endpointsChanged();
  return { endpoint: endpointToWire(row), secret: openSecret(deps.box, row.endpoint_id, row.secret) };
}
