import { type Actor, changeMode } from '../change-mode.ts';
import type { Ledger } from '../ledger.ts';
import type { ContactRow, ConversationRow, DispatchRow, MessageRow } from '../rows.ts';
import { recordContactChange } from './contact-rules.ts';
import { erasedAddress, erasedThread } from './erased.ts';

export interface ErasureState {
  contact: ContactRow;
  /** Its open conversations, with what is on its way in them. */
  open: ConversationRow[];
  openSends: MessageRow[];
  turns: DispatchRow[];
}

/**
 * From this commit on nobody is behind the contact: it has no data and no address, its conversations are closed and no longer its address's, nothing of it is
 * sent any more. What they hold is erased after this, bit by bit.
 */
export function sealContact(ledger: Ledger, at: ErasureState, actor: Actor): void {
  const contact = ledger.contact(at.contact);
  Object.assign(contact, { name: null, phone: null, email: null, attributes: {}, erased_at: ledger.now } satisfies Partial<ContactRow>);
  for (const loaded of at.open) {
    const conversation = ledger.conversation(loaded);
    const openSends = at.openSends.filter((message) => message.conversation_id === conversation.conversation_id);
    for (const message of openSends) dropSend(ledger, conversation, message);
    const pending = at.turns.find((turn) => turn.dispatch_id === conversation.pending_dispatch_id);
    changeMode(ledger, conversation, { to: 'closed', actor, reason: 'erased' }, { agentTimeoutSeconds: null, openSends, pending });
    Object.assign(conversation, {
      remote_address: erasedThread(conversation.conversation_id),
      subject: null,
      mail_thread: null,
      tags: [],
      metadata: {},
      last_message_preview: null,
      unread: false,
      needs_handoff: false,
      pending_dispatch_id: null,
    } satisfies Partial<ConversationRow>);
  }
  recordContactChange(ledger, contact, { action: 'erasure_requested', detail: {}, actor });
}

/** Not sent yet: never. Already with a sender: nobody can tell, and no other sender may find an empty text to send. */
function dropSend(ledger: Ledger, conversation: ConversationRow, loaded: MessageRow): void {
  const message = ledger.message(loaded);
  const status = message.status === 'queued' ? 'cancelled' : 'unknown';
  message.status = status;
  message.error_code = 'erased';
  message.status_history = [...message.status_history, { status, at: ledger.now.toISOString(), detail: 'erased' }];
  message.text = '';
  message.attachments = [];
  message.from_number = erasedAddress;
  ledger.timer(conversation, 'send_retry', null, message.message_id);
}
