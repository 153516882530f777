import type { EndpointWithSecret, RotateSecretRequest } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { invalidField, notFound } from '@baton/errors/baton-error.ts';
import { changeEndpoint } from '../../store/webhooks/endpoints.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { chooseSecret, openSecret, sealSecret } from '../../webhooks/secret.ts';
import { endpointToWire } from '../../wire/webhook.ts';
import { contextOf } from '../context.ts';

const longestOverlapSeconds = 7 * 86_400;

/** RotateSecret: the same command again answers what the first one did, without rotating a second time. */
export async function handleRotateSecret(deps: WebhookDeps, request: RotateSecretRequest): Promise<EndpointWithSecret> {
  const { workspaceId, commandId } = contextOf(request.context);
  const { endpointId, overlapSeconds } = request;
  if (overlapSeconds < 0 || overlapSeconds > longestOverlapSeconds)
    throw invalidField('/overlap_seconds', `must be from 0 to ${longestOverlapSeconds}`);
  const secret = JSON.stringify(sealSecret(deps.box, endpointId, chooseSecret(request.secret)));
  const row = await changeEndpoint(deps.db, { workspaceId, endpointId }, (stands) =>
    commandId !== null && stands.rotated_by_command === commandId
      ? {}
      : {
          secret,
          previous_secret: overlapSeconds > 0 ? JSON.stringify(stands.secret) : null,
          previous_secret_expires_at: overlapSeconds > 0 ? new Date(Date.now() + overlapSeconds * 1000) : null,
          rotated_by_command: commandId,
        },
  );
  if (!row) throw notFound('webhook endpoint', endpointId);
  await deps.endpointsChanged();
  return { endpoint: endpointToWire(row), secret: openSecret(deps.box, endpointId, row.secret) };
}
