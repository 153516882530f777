import type { Author, Provider } from '@baton/contracts/vocabulary.ts';
import { type Actor, changeMode, extendTakeover, passTo } from './change-mode.ts';
import { partsOf } from './channel/parts.ts';
import type { Ledger } from './ledger.ts';
import { queueMessage } from './outbound.ts';
import { conversationPayload } from './payloads.ts';
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
  /** The turn that it was suggested by. */
  dispatchId?: string;
  /** Sending by hand takes the conversation over. */
  takeover: boolean;
  timeoutSeconds?: number;
  actor: Actor;
}

export interface SendState extends CommandState {
  /** Of the account that a message goes out through now. */
  provider: Provider;
}

/** A text that was too long for one message has become several. */
export interface SentByHand {
  message: MessageRow;
  /** Those after the first, in order. */
  further: MessageRow[];
  mode: ModeOutcome;
}

/** A message from a person or a program: queued, and (for a person) the conversation is theirs from this commit on. */
export function sendByHand(ledger: Ledger, loaded: SendState, draft: HandDraft): SentByHand | Refusal {
  const conversation = ledger.conversation(loaded.conversation);
  const refusal = whyNotSend(
    { conversation, author: draft.author, optedOut: loaded.optedOut, isTemplate: draft.template !== null },
    ledger.now,
  );
  if (refusal) return refusal;
  const parts = draft.template ? [draft] : partsOf(draft, { provider: loaded.provider, channel: conversation.channel });
  if ('faults' in parts) return { code: 'content_unsupported', faults: parts.faults };
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
  if (draft.takeover && passTo(conversation, draft.actor, { claims: false }))
    ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
  conversation.unread = draft.author === 'human' ? false : conversation.unread;
  const [message, ...further] = parts.map(({ text, attachments }) =>
    queueMessage(ledger, conversation, {
      author: draft.author,
      text,
      attachments,
      template: draft.template,
      sender_name: draft.senderName,
      metadata: draft.metadata,
      dispatch_id: draft.dispatchId ?? null,
    }),
  );
  return { message: message!, further, mode: { changed, from, to: conversation.ai_mode } };
}
