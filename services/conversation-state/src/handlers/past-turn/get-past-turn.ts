import type { GetPastTurnRequest, GetPastTurnResponse } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import { isErased } from '../../domain/contact/erased.ts';
import { findPastTurn } from '../../store/past-turns.ts';
import type { Store } from '../../store/store.ts';
import { turnToWire } from '../../wire/turn.ts';

export async function handleGetPastTurn({ store }: { store: Store }, request: GetPastTurnRequest): Promise<GetPastTurnResponse> {
  const found = await findPastTurn(store, request.workspaceId, request.dispatchId);
  if (!found || isErased(found.conversation)) return { turn: undefined };
  return { turn: turnToWire({ kind: 'turn', ...found, superseded: null, typing: undefined }) };
}
