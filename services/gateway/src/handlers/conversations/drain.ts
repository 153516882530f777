import { setTimeout as delay } from 'node:timers/promises';
import type { ModeChangeResponse } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { Deps } from '../../context.ts';

const drainMs = 5000;
const [firstPollMs, slowestPollMs] = [20, 250];

/**
 * Waits until no AI message of the conversation is on its way any more, five seconds at most, and answers how it stands then. A message of unknown fate
 * stays named, and is not waited for: as a rule nobody will ever say more of it.
 */
export async function drain(
  deps: Deps,
  at: { workspaceId: string; conversationId: string },
  change: ModeChangeResponse,
): Promise<ModeChangeResponse> {
  const until = Date.now() + drainMs;
  let { inFlight } = change;
  for (
    let wait = firstPollMs;
    inFlight.some((message) => message.status === 'sending') && Date.now() < until;
    wait = Math.min(wait * 2, slowestPollMs)
  ) {
    await delay(wait);
    ({ inFlight } = await deps.conversations.listInFlight(at));
  }
  return { ...change, inFlight, drained: inFlight.length === 0 };
}
