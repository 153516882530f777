import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { mailIdOf } from '@baton/contracts/mail-id.ts';
import { capabilitiesOf } from '../capabilities.ts';
import type { Account, BuiltSend, OutboundMail } from '../provider.ts';
import { asList, asObject, asText } from '../wire/json.ts';
import { smtpSettings } from './credentials.ts';
import { cleanAddress, oneLine } from './mail.ts';
import { postmarkMetadata } from './postmark.ts';

/** A mail that clients show in the thread it belongs to: `metadata.email`, written by conversation-state, has the subject and the ids that it answers. */
export function buildEmailSend(message: OutboundMessage, account: Account): BuiltSend {
  const smtp = smtpSettings(account);
  if ('missing' in smtp) return { kind: 'failed', code: 'channel_misconfigured', detail: smtp.missing };
  const to = cleanAddress(message.to);
  if (to === '') return { kind: 'failed', code: 'recipient_invalid', detail: 'The recipient is not an address.' };
  const can = capabilitiesOf('email', 'email');
  if (message.text.length > can.text.max)
    return { kind: 'failed', code: 'text_too_long', detail: `A mail has at most ${can.text.max} characters.` };
  if (message.attachments.length > can.media.maxCount) {
    return { kind: 'failed', code: 'too_many_attachments', detail: `A mail has at most ${can.media.maxCount} files.` };
  }
  const thread = asObject(message.metadata?.['email']);
  const references = asList(thread?.['references'])
    .map(asText)
    .filter((one) => /^[^<>\s]{1,250}$/.test(one));
  const mail: OutboundMail = {
    messageId: mailIdOf(message.messageId, account.address),
    from: { address: smtp.from, name: smtp.fromName },
    // Answers go where the customer wrote to, also where the mail server insists on another sender.
    replyTo: smtp.from === account.address ? undefined : account.address,
    to,
    subject: subjectOf(asText(thread?.['subject']), references.length > 0, message.text),
    references,
    text: message.text,
    html: htmlOf(message.text),
    headers: headersOf(message, account.address),
    attachments: message.attachments.map((one) => ({ url: one.url, contentType: one.contentType, name: one.name })),
  };
  return { kind: 'mail', mail, smtp };
}

const answered = /^\s*(?:re|aw|sv|vs|antw|odp|r)\s*:/i;

function subjectOf(subject: string, isAnswer: boolean, text: string): string {
  const line = oneLine(subject, 400) || oneLine(text.split('\n', 1)[0] ?? '', 78) || 'Your message';
  return isAnswer && !answered.test(line) ? `Re: ${line}` : line;
}

function headersOf(message: OutboundMessage, ours: string): Record<string, string> {
  return {
    // RFC 3834: other machines do not answer what no person wrote, and this keeps two of us from writing to each other for ever.
    ...(message.author === 'human' ? {} : { 'Auto-Submitted': message.author === 'ai' ? 'auto-replied' : 'auto-generated' }),
    ...(message.author === 'sequence' && { 'List-Unsubscribe': `<mailto:${ours}?subject=unsubscribe>` }),
    // The sending service gives these back in its webhooks; to others they mean nothing.
    [`X-PM-Metadata-${postmarkMetadata}`]: message.messageId,
    'X-PM-KeepID': 'true',
  };
}

/** The text as the simplest HTML that looks the same: some clients show nothing but a line of a mail without any. */
function htmlOf(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const linked = escaped.replaceAll(/\bhttps?:\/\/[^\s<>"]{1,1000}[^\s<>".,;:!?)&]/g, (url) => `<a href="${url}">${url}</a>`);
  return `<div>${linked.replaceAll('\r\n', '\n').replaceAll('\n', '<br>\n')}</div>`;
}
