import { isId } from './ids.ts';

/** The Message-ID of a mail of ours, without brackets: the same at every attempt, and known wherever the message and our address are. */
export function mailIdOf(messageId: string, ourAddress: string): string {
  const at = ourAddress.lastIndexOf('@');
  return `${messageId}@${(at === -1 ? '' : ourAddress.slice(at + 1).toLowerCase()) || 'baton.invalid'}`;
}

/** Our message that a Message-ID stands for, if it is one of ours. */
export function messageOfMailId(mailId: string): string | undefined {
  const at = mailId.lastIndexOf('@');
  const local = at === -1 ? mailId : mailId.slice(0, at);
  return isId('message', local) ? local : undefined;
}
