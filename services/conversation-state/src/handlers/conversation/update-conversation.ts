import { ModeChangeResponse, type UpdateConversationRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { type AiMode, aiModes, type ConversationStatus, conversationStatuses } from '@baton/contracts/vocabulary.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { runCommand } from '../../commands/run.ts';
import { recordContactChange } from '../../domain/contact/contact-rules.ts';
import { maxTags } from '../../domain/inbox/tags.ts';
import type { JsonObject } from '../../domain/rows.ts';
import { type ConversationPatch, updateConversation } from '../../domain/update-conversation.ts';
import type { Events } from '../../events.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { tagsFromWire } from '../../wire/inbox/tags.ts';
import { modeChangeToAnswer } from '../../wire/mode-change.ts';

export const modeChangeCodec = { kind: 'mode_change', encode: ModeChangeResponse.encode, decode: ModeChangeResponse.decode };

/** PATCH of a conversation: mode, labels, name of the contact. The answer to a mode change names what a provider already has. */
export async function handleUpdateConversation(
  { store, events }: { store: Store; events: Events },
  request: UpdateConversationRequest,
): Promise<ModeChangeResponse> {
  const context = contextFromWire(request.context);
  const patch = patchFromWire(request, context.actor);
  const answer = await runCommand(store, {
    context,
    conversationId: request.conversationId,
    codec: modeChangeCodec,
    decide: (ledger, loaded) => {
      const outcome = updateConversation(ledger, loaded, patch);
      if ('code' in outcome) return outcome;
      if ((patch.tags ?? patch.addTags) && ledger.conversation(loaded.conversation).tags.length > maxTags)
        return invalidField('/tags', `a conversation has at most ${maxTags} tags`);
      const name = request.contactName;
      if (name !== undefined && loaded.contact && loaded.contact.erased_at === null) {
        loaded.contact = ledger.contact(loaded.contact);
        const before = loaded.contact.name;
        loaded.contact.name = name === '' ? null : name;
        if (loaded.contact.name !== before)
          recordContactChange(ledger, loaded.contact, { action: 'updated', detail: { fields: ['name'] }, actor: context.actor });
      }
      return modeChangeToAnswer(ledger, loaded, outcome);
    },
  });
  if (answer.changed) {
    events.modeChanged({
      conversationId: request.conversationId,
      from: answer.fromMode,
      to: answer.toMode,
      epoch: answer.conversation?.modeEpoch ?? 0,
    });
  }
  return answer;
}

function patchFromWire(request: UpdateConversationRequest, actor: ConversationPatch['actor']): ConversationPatch {
  const { aiMode, status, takeoverTimeoutSeconds: seconds } = request;
  if (aiMode !== undefined && !aiModes.includes(aiMode as AiMode)) throw invalidField('/ai_mode', `must be one of ${aiModes.join(', ')}`);
  if (status !== undefined && !conversationStatuses.includes(status as ConversationStatus))
    throw invalidField('/status', `must be one of ${conversationStatuses.join(', ')}`);
  if (seconds !== undefined && (seconds < 0 || seconds > 30 * 86_400))
    throw invalidField('/takeover_timeout_seconds', 'must be from 0 (never) to 2592000 (30 days)');
  return {
    actor,
    reason: request.reason || 'api',
    ...(aiMode !== undefined && { aiMode: aiMode as AiMode }),
    ...(status !== undefined && { status: status as ConversationStatus }),
    ...(request.clearSubject ? { subject: null } : request.subject !== undefined && { subject: request.subject }),
    ...(request.setTags && { tags: tagsFromWire(request.tags) }),
    ...(request.addTags.length > 0 && { addTags: tagsFromWire(request.addTags) }),
    ...(request.needsHandoff !== undefined && { needsHandoff: request.needsHandoff }),
    ...(request.metadata !== undefined && { metadata: request.metadata as JsonObject }),
    ...(seconds !== undefined && { takeoverTimeoutSeconds: seconds }),
    ...(request.ifModeEpoch !== undefined && { ifModeEpoch: request.ifModeEpoch }),
  };
}
