import { mailIdOf } from '@baton/contracts/mail-id.ts';
import type { ConversationRow, JsonObject, MailThread } from '../rows.ts';

/** A thread of years would else grow a header of kilobytes: clients need its beginning and its end. */
const maxReferences = 20;

/** A customer's mail: the next one of ours answers it. The conversation takes its first subject from there. */
export function followMail(conversation: ConversationRow, mail: MailThread, id: string): void {
  conversation.mail_thread = { subject: mail.subject, references: bounded([...mail.references, id]) };
  conversation.subject ??= mail.subject === '' ? null : mail.subject;
}

/** What a mail of ours says of its thread. From then on it is the newest of it itself: a second one answers the first. */
export function answerMail(conversation: ConversationRow, messageId: string): JsonObject {
  const { subject, references } = conversation.mail_thread ?? { subject: '', references: [] };
  const answered = { subject: subject || (conversation.subject ?? ''), references };
  conversation.mail_thread = { subject, references: bounded([...references, mailIdOf(messageId, conversation.own_address)]) };
  return answered;
}

function bounded(references: string[]): string[] {
  return references.length <= maxReferences ? references : [references[0]!, ...references.slice(1 - maxReferences)];
}
