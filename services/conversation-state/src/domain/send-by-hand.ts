import type { Author } from '@baton/contracts/vocabulary.ts';
import { type Actor, changeMode, extendTakeover } from './change-mode.ts';
import type { Ledger } from './ledger.ts';
import { queueMessage } from './outbound.ts';
import { type Refusal, whyNotSend } from './refusals.ts';
import type { AttachmentRef, JsonObject, MessageRow, TemplateRef } from './rows.ts';
import type { CommandState, ModeOutcome } from './update-conversation.ts';

export interface HandDraft {
  author: Author;
  text: string;
  attachments: AttachmentRef[];
  template: TemplateRef | null;
  senderName: string | null;
  metadata: JsonObject;
  /** Sending by hand takes the conversation over. */
  takeover: boolean;
  timeoutSeconds?: number;
  actor: Actor;
}

/** A message from a person or a program: queued, and (for a person) the conversation is theirs from this commit on. */
export function sendByHand(ledger: Ledger, loaded: CommandState, draft: HandDraft): { message: MessageRow; mode: ModeOutcome } | Refusal {
  const conversation = ledger.conversation(loaded.conversation);
  const refusal = whyNotSend(
    { conversation, author: draft.author, optedOut: loaded.optedOut, isTemplate: draft.template !== null },
    ledger.now,
  );
  if (refusal) return refusal;
  const from = conversation.ai_mode;
  const changed =
    draft.takeover &&
    changeMode(
      ledger,
      conversation,
      {
        to: 'human',
        actor: draft.actor,
        reason: 'manual_send',
        ...(draft.timeoutSeconds !== undefined && { timeoutSeconds: draft.timeoutSeconds }),
      },
      loaded.modeContext,
    );
  if (!changed && draft.author === 'human') extendTakeover(ledger, conversation, loaded.agent.takeover_timeout_seconds);
  conversation.unread = draft.author === 'human' ? false : conversation.unread;
  const message = queueMessage(ledger, conversation, {
    author: draft.author,
    text: draft.text,
    attachments: draft.attachments,
    template: draft.template,
    sender_name: draft.senderName,
    metadata: draft.metadata,
  });
  return { message, mode: { changed, from, to: conversation.ai_mode } };
}
