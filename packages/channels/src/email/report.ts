import type { InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { messageOfMailId } from '@baton/contracts/mail-id.ts';
import type { Account } from '../provider.ts';
import type { Mail } from './mail.ts';
import { reasonOf, receiptOf } from './notice.ts';

const ours = /<(msg_[0-9a-z]{20,40}@[^<>\s]{1,200})>/;

/** A mail server's report (RFC 3464) that a mail of ours did not arrive: without webhooks of the sending service, nobody else tells. */
export function failureReported(mail: Mail, account: Account, receivedAt: Date): InboundReceipt | undefined {
  const parts = mail.attachments.filter((one) => /^(?:message\/|text\/rfc822-headers)/i.test(one.contentType));
  const text = [...parts.map((one) => one.bytes.subarray(0, 65_536).toString('utf8')), mail.text.slice(0, 65_536)].join('\n');
  const action = /^Action:[ \t]*(\w+)/im.exec(text)?.[1]?.toLowerCase();
  if (action !== 'failed') return undefined;
  const id = mail.references.findLast((one) => messageOfMailId(one) !== undefined) ?? ours.exec(text)?.[1];
  const messageId = id === undefined ? undefined : messageOfMailId(id);
  if (id === undefined || messageId === undefined) return undefined;
  const status = /^Status:[ \t]*(\d\.\d{1,3}\.\d{1,3})/im.exec(text)?.[1] ?? '';
  const diagnostic = /^Diagnostic-Code:[ \t]*(.{1,500})/im.exec(text)?.[1]?.trim() ?? '';
  const code = Number(/\b([45]\d\d)\b/.exec(diagnostic)?.[1] ?? 0);
  return receiptOf(
    { account, id, messageId, at: mail.date ?? receivedAt, receivedAt },
    { status: 'failed', ...reasonOf(code, `${status} ${diagnostic}`.trim()) },
  );
}
