import type { GetWebhookHealthRequest, WebhookHealth } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { webhookHealth } from '../store/webhooks/health.ts';
import type { WebhookDeps } from '../webhooks/deps.ts';

/** GetWebhookHealth: newest endpoint first. */
export async function handleGetWebhookHealth({ db }: Pick<WebhookDeps, 'db'>, request: GetWebhookHealthRequest): Promise<WebhookHealth> {
  const { endpoints, openDeadLetters } = await webhookHealth(db, request.workspaceId);
  return {
    openDeadLetters,
    endpoints: endpoints.map((row) => ({
      endpointId: row.endpoint_id,
      description: row.description,
      enabled: row.enabled,
      disabledReason: row.disabled_reason ?? '',
      failingSince: row.failing_since ?? undefined,
      pending: row.pending,
      oldestPendingAt: row.oldest_pending_at ?? undefined,
      dead: row.dead,
    })),
  };
}
