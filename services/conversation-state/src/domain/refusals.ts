import type { Author } from '@baton/contracts/vocabulary.ts';
import { canSendFreeForm } from './channel/window.ts';
import type { FieldFault } from './directory/directory-rules.ts';
import type { ConversationRow } from './rows.ts';

/** Why a command was refused: a value, mapped to an error once, at the edge. */
export type Refusal =
  | { code: 'conversation_closed' }
  | { code: 'epoch_mismatch'; stands: number }
  | { code: 'recipient_opted_out' }
  | { code: 'window_expired' }
  | { code: 'suggestion_settled'; status: string | null }
  | { code: 'suggestion_stale'; why: 'newer_message' | 'mode_changed' }
  | { code: 'content_unsupported'; faults: FieldFault[] }
  | { code: 'contact_invalid'; faults: FieldFault[] }
  | { code: 'address_taken'; field: 'phone' | 'email'; contactId: string };

/** What stops a person or a program (not the AI) from sending into this conversation. */
export function whyNotSend(
  at: { conversation: ConversationRow; author: Author; optedOut: boolean; isTemplate: boolean },
  now: Date,
): Refusal | undefined {
  if (at.conversation.ai_mode === 'closed') return { code: 'conversation_closed' };
  if (at.optedOut) return { code: 'recipient_opted_out' };
  if (!at.isTemplate && !canSendFreeForm(at.conversation, at.author, now)) return { code: 'window_expired' };
  return undefined;
}
