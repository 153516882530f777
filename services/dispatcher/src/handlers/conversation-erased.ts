import { done, type Outcome, retry } from '@baton/bus/settle.ts';
import type { JsMsg } from '@nats-io/jetstream';
import type { Kysely } from 'kysely';
import { readSignal } from '../signals.ts';
import { eraseReplayTurns } from '../store/replays/turns.ts';
import type { Tables } from '../store/tables.ts';
import { eraseConversation, isFanOutBehind } from '../store/webhooks/erasure.ts';

const againMs = 3000;

/**
 * `conversation.erased`: nothing is kept of the conversation. What is erased has left EVENTS already, but may be on its way from there into the log: it is
 * looked for again until that can no longer be.
 */
export async function conversationErased(db: Kysely<Tables>, message: JsMsg): Promise<Outcome> {
  const event = readSignal('conversation.erased', message.data);
  const behind = await isFanOutBehind(db, new Date(message.time));
  const at = { workspaceId: event.workspace_id, conversationId: event.conversation_id };
  await eraseConversation(db, at);
  await eraseReplayTurns(db, at);
  return behind ? retry(againMs, 'deliveries may still be made of it') : done;
}
