import type { RecordSendsRequest, RecordSendsResponse } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Events } from '../../events.ts';
import type { Store } from '../../store/store.ts';
import { recordSends } from '../../turns/sends.ts';
import { sendResultFromWire } from '../../wire/turn.ts';

export async function handleRecordSends(
  { store, events }: { store: Store; events: Events },
  request: RecordSendsRequest,
): Promise<RecordSendsResponse> {
  const commands = request.results.map((result) => ({
    workspaceId: result.workspaceId,
    conversationId: result.conversationId,
    messageId: result.messageId,
    ...sendResultFromWire(result, store.now()),
  }));
  const answers = await recordSends(store, commands);
  events.sendsRecorded(request.results.filter((_, index) => answers[index]?.kind === 'recorded').map((result) => result.outcome));
  return { results: answers };
}
