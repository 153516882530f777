import { createHash } from 'node:crypto';
import { isProviderId } from '../wire/provider-id.ts';
import { cleanText, clip } from '../wire/text.ts';

/** A mail as all inbound services tell it, once their own shape is read away. */
export interface Mail {
  /** Without the angle brackets; empty where the mail has none. */
  messageId: string;
  /** The ids that it answers, oldest first, `In-Reply-To` last: what threads are found by, never the subject. */
  references: string[];
  from: Mailbox;
  /** Where answers are asked to go, if not to `from`. */
  replyTo: string;
  /** The envelope's sender; empty: bounces and notices of machines. undefined: not told. */
  returnPath: string | undefined;
  /** The address of ours that it was sent to, with what may stand behind a `+`. */
  to: string;
  cc: string[];
  subject: string;
  /** By the sender's clock. */
  date: Date | undefined;
  text: string;
  html: string;
  /** The text without what it quotes, where the inbound service has found out. */
  stripped: string;
  /** By lower-case name, the first of each. */
  headers: ReadonlyMap<string, string>;
  attachments: MailFile[];
}

export interface Mailbox {
  address: string;
  name: string;
}

export interface MailFile {
  name: string;
  contentType: string;
  bytes: Buffer;
}

const idPattern = /<([^<>\s]{1,250})>/g;

/** The ids in a `Message-ID`, `In-Reply-To` or `References` header, in their order, 50 at most: the newest where there are more. */
export function idsIn(header: string): string[] {
  const ids = [...cleanText(header.slice(0, 20_000)).matchAll(idPattern)].map((match) => match[1]!);
  return ids.slice(-50);
}

/** `References`, then `In-Reply-To`, each id once. */
export function referencesOf(headers: ReadonlyMap<string, string>): string[] {
  const inReplyTo = idsIn(headers.get('in-reply-to') ?? '').slice(0, 1);
  const earlier = idsIn(headers.get('references') ?? '').filter((id) => !inReplyTo.includes(id));
  return [...new Set([...earlier, ...inReplyTo])];
}

/** The key of "one mail, one row". Some senders give no id, or one that is too long for a key: then it is made of what a repeat has in common. */
export function keyOf(mail: Mail): string {
  if (isProviderId(mail.messageId)) return mail.messageId;
  const parts = [mail.messageId, mail.from.address, mail.to, mail.headers.get('date') ?? '', mail.subject, mail.text, mail.html];
  return `sha256.${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

/** `support+sales@example.com` → `support@example.com`, `sales`. */
export function withoutPlus(address: string): { address: string; plus: string } {
  const match = /^([^+@]+)\+([^@]*)@([^@]+)$/.exec(address);
  return match ? { address: `${match[1]}@${match[3]}`, plus: match[2]! } : { address, plus: '' };
}

/** A plausible address, in lower case; empty for anything else. What may follow it (a line break would begin a new header) is cut off. */
export function cleanAddress(raw: string): string {
  const text = cleanText(raw).trim().toLowerCase();
  return text.length <= 320 && /^[^\s@<>",;:]+@[^\s@<>",;:]+$/.test(text) ? text : '';
}

/** A text for one line: folded white space is one space. */
export function oneLine(raw: string, length: number): string {
  return clip(cleanText(raw).replaceAll(/\s+/g, ' ').trim(), length);
}
