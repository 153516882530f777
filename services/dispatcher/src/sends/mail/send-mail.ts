import type { OutboundMail, SendAnswer, SmtpSettings } from '@baton/channels/provider.ts';
import type { Egress } from '@baton/egress/egress.ts';
import { fetchAttachments } from './attachments.ts';
import type { Mailer } from './mailer.ts';

export interface MailDeps {
  egress: Egress;
  mailer: Mailer;
  sendTimeoutMs: number;
}

/** Fetches the files, then hands the mail over; both within the time of one send. */
export async function sendMail(
  deps: MailDeps,
  channelAccountId: string,
  o: { mail: OutboundMail; smtp: SmtpSettings },
): Promise<SendAnswer> {
  const signal = AbortSignal.timeout(deps.sendTimeoutMs);
  const files = await fetchAttachments(deps.egress, o.mail.attachments, deps.sendTimeoutMs / 2);
  if (!Array.isArray(files)) return files;
  return deps.mailer.send(channelAccountId, o.smtp, o.mail, { files, signal });
}
