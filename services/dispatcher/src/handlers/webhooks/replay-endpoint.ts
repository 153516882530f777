import type { ReplayEndpointRequest, ReplayEndpointResponse } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { WebhookDeps } from '../../webhooks/deps.ts';
import { replayAll, replayFailed } from '../../webhooks/replay.ts';
import { contextOf } from '../context.ts';
import { enabledEndpoint } from './enabled-endpoint.ts';

/** ReplayEndpoint: what failed, or everything that it has and should have got, of events of that time. */
export async function handleReplayEndpoint(deps: WebhookDeps, request: ReplayEndpointRequest): Promise<ReplayEndpointResponse> {
  const { workspaceId } = contextOf(request.context);
  const { since, only } = request;
  if (!since) throw invalidField('/since', 'is missing');
  const until = request.until ?? new Date();
  if (until <= since) throw invalidField('/until', 'must be later than since');
  if (only !== 'failed' && only !== 'all') throw invalidField('/only', 'must be failed or all');
  const endpoint = await enabledEndpoint(deps, workspaceId, request.endpointId);
  const done = await (only === 'failed' ? replayFailed : replayAll)(deps, endpoint, { since, until });
  deps.deliveriesDue([endpoint.endpoint_id]);
  return { replayed: done.replayed, nextSince: done.nextSince };
}
