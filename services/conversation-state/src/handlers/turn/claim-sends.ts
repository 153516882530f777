import type { ClaimSendsRequest, ClaimSendsResponse } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Events } from '../../events.ts';
import type { Store } from '../../store/store.ts';
import { claimSends } from '../../turns/sends.ts';
import { outboundToWire } from '../../wire/turn.ts';

export async function handleClaimSends(
  { store, events }: { store: Store; events: Events },
  request: ClaimSendsRequest,
): Promise<ClaimSendsResponse> {
  const answers = await claimSends(store, request.sends);
  events.sendsClaimed(answers.map((answer) => answer.kind));
  return {
    results: answers.map((answer) => ({
      kind: answer.kind,
      message:
        'message' in answer
          ? outboundToWire(answer.message, answer.kind === 'in_doubt' && answer.stale, answer.windowExpiresAt)
          : undefined,
    })),
  };
}
