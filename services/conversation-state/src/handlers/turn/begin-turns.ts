import type { BeginTurnsRequest, BeginTurnsResponse } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Events } from '../../events.ts';
import type { Store } from '../../store/store.ts';
import { beginTurns } from '../../turns/begin-turns.ts';
import { beginTurnToWire } from '../../wire/turn.ts';

export async function handleBeginTurns(
  { store, events }: { store: Store; events: Events },
  request: BeginTurnsRequest,
): Promise<BeginTurnsResponse> {
  const answers = await beginTurns(store, request.turns);
  events.turnsBegun(answers.map((answer) => answer.kind));
  return { results: answers.map(beginTurnToWire) };
}
