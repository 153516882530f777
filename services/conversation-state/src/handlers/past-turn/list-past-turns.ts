import type { ListPastTurnsRequest, ListPastTurnsResponse } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import { listAnsweredTurns } from '../../store/past-turns.ts';
import type { Store } from '../../store/store.ts';
import { dispatchToWire, messageToWire } from '../../wire/conversation.ts';

export async function handleListPastTurns({ store }: { store: Store }, request: ListPastTurnsRequest): Promise<ListPastTurnsResponse> {
  const rows = await listAnsweredTurns(store, request.workspaceId, request.dispatchIds);
  return {
    turns: rows.map(({ dispatch, asked, answered }) => ({
      dispatch: dispatchToWire(dispatch),
      asked: asked.map(messageToWire),
      answered: answered.map(messageToWire),
    })),
  };
}
