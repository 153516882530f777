import type { Verdict } from '../domain/webhook/verdict.ts';
import { type EndpointRow, noteHealth } from '../store/webhooks/endpoints.ts';
import type { WebhookDeps } from './deps.ts';

/** What an attempt says about its endpoint: written down only where it says something new. */
export async function noteOutcome(deps: WebhookDeps, endpoint: EndpointRow, verdict: Verdict): Promise<void> {
  const at = { workspaceId: endpoint.workspace_id, endpointId: endpoint.endpoint_id };
  if (verdict.kind === 'delivered') {
    if (endpoint.failing_since && (await noteHealth(deps.db, at, { kind: 'recovered' }))) await deps.endpointsChanged();
    return;
  }
  const gone = verdict.kind === 'dead' && verdict.gone;
  const failingMs = endpoint.failing_since ? Date.now() - endpoint.failing_since.getTime() : 0;
  if (gone || failingMs >= deps.settings.disableAfterMs) {
    const reason = gone ? 'gone' : 'failing';
    const disabled = await noteHealth(deps.db, at, { kind: 'disabled', reason });
    if (!disabled) return;
    deps.events.endpointDisabled({ endpointId: endpoint.endpoint_id, workspaceId: endpoint.workspace_id, reason });
    await deps.endpointsChanged();
  } else if (!endpoint.failing_since && (await noteHealth(deps.db, at, { kind: 'failed' }))) {
    await deps.endpointsChanged();
  }
}
