import { publish } from '@baton/bus/publish.ts';
import { workspaceEventSubject } from '@baton/contracts/subjects.ts';
import { type EndpointRow, forgetAnnouncement } from '../store/webhooks/endpoints.ts';
import type { WebhookDeps } from './deps.ts';

/**
 * Publishes what is still to be said of endpoints. Whoever reads the endpoints does it, so that it is said even if the instance that wrote it down
 * has died; several that do it at once say it once, by the event's id.
 */
export async function announce(deps: Pick<WebhookDeps, 'db' | 'bus'>, endpoints: readonly EndpointRow[]): Promise<void> {
  for (const { endpoint_id: endpointId, announcement: event } of endpoints) {
    if (!event) continue;
    const { event_id: eventId, workspace_id: workspaceId } = event;
    const subject = workspaceEventSubject(event.event_type, { workspaceId, aboutId: endpointId });
    await publish(deps.bus(), { subject, id: eventId, data: JSON.stringify(event) });
    await forgetAnnouncement(deps.db, { workspaceId, endpointId, eventId });
  }
}
