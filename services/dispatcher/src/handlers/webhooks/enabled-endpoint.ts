import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import { type EndpointRow, findEndpoint } from '../../store/webhooks/endpoints.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';

/** To one that is turned off nothing is sent: it would wait there unseen. */
export async function enabledEndpoint({ db }: Pick<WebhookDeps, 'db'>, workspaceId: string, endpointId: string): Promise<EndpointRow> {
  const row = await findEndpoint(db, workspaceId, endpointId);
  if (!row) throw notFound('webhook endpoint', endpointId);
  if (!row.enabled) throw new BatonError('conflict', 'The webhook endpoint is turned off; enable it first.');
  return row;
}
