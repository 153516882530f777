import { newId } from '@baton/contracts/ids.ts';
import { disabledEvent } from '../domain/webhook/disabled.ts';
import type { Verdict } from '../domain/webhook/verdict.ts';
import { changeEndpoint, type EndpointRow, noteHealth } from '../store/webhooks/endpoints.ts';
import type { WebhookDeps } from './deps.ts';

/** What an attempt says about its endpoint: written down only where it says something new. */
export async function noteOutcome(deps: WebhookDeps, endpoint: EndpointRow, verdict: Verdict): Promise<void> {
  const at = { workspaceId: endpoint.workspace_id, endpointId: endpoint.endpoint_id };
  if (verdict.kind === 'delivered') {
    if (endpoint.failing_since && (await noteHealth(deps.db, at, 'recovered'))) await deps.endpointsChanged();
    return;
  }
  const gone = verdict.kind === 'dead' && verdict.gone;
  const failingMs = endpoint.failing_since ? Date.now() - endpoint.failing_since.getTime() : 0;
  if (gone || failingMs >= deps.settings.disableAfterMs) await disable(deps, endpoint, gone ? 'gone' : 'failing');
  else if (!endpoint.failing_since && (await noteHealth(deps.db, at, 'failed'))) await deps.endpointsChanged();
}

/** Unless somebody else has. That it is off and what says so are one change; `announce.ts` brings the latter to EVENTS. */
async function disable(deps: WebhookDeps, endpoint: EndpointRow, reason: 'failing' | 'gone'): Promise<void> {
  const at = { workspaceId: endpoint.workspace_id, endpointId: endpoint.endpoint_id };
  const [eventId, now] = [newId('event'), new Date()];
  const row = await changeEndpoint(deps.db, at, (stands) =>
    stands.enabled
      ? {
          enabled: false,
          disabled_reason: reason,
          disabled_at: now,
          announcement: JSON.stringify(disabledEvent(stands, { reason, eventId, at: now })),
        }
      : {},
  );
  if (row?.announcement?.event_id !== eventId) return;
  deps.events.endpointDisabled({ ...at, reason });
  await deps.endpointsChanged();
}
