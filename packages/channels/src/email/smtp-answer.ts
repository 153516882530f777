import type { SendAnswer } from '../provider.ts';
import { clip } from '../wire/text.ts';
import { reasonOf } from './notice.ts';

/** How an attempt to hand a mail over ended without the server's "taken". */
export interface SmtpFault {
  /** Of the server's last word about it; undefined: it said none. */
  reply: number | undefined;
  /** nodemailer's word for what happened: `EAUTH`, `ETLS`, `ETIMEDOUT` … */
  code: string;
  /** The server's words, or what broke. */
  text: string;
  /** Bytes of the mail went out after the server asked for them, so it may have it all. */
  dataSent: boolean;
}

/** 4xx: again; 5xx: failed; silence after the mail's bytes: nobody knows. A server that answers the last dot with an error does not have the mail. */
export function readSmtpFault(fault: SmtpFault): SendAnswer {
  const { reply, code } = fault;
  const detail = clip(fault.text, 1000);
  if (code === 'EAUTH') {
    if (reply !== undefined && reply < 500) return { kind: 'retry', afterMs: 10_000, reason: `smtp_${reply}` };
    return { kind: 'failed', code: 'channel_unauthorized', detail };
  }
  if (code === 'ETLS')
    return { kind: 'failed', code: 'channel_misconfigured', detail: clip(`No TLS with the mail server: ${fault.text}`, 1000) };
  if (reply !== undefined && reply >= 500) return { kind: 'failed', ...reasonOf(reply, detail) };
  if (reply !== undefined && reply >= 400) return { kind: 'retry', afterMs: 30_000, reason: `smtp_${reply}` };
  if (fault.dataSent) return { kind: 'unknown', detail: 'The mail server did not say whether it took the mail.' };
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return { kind: 'failed', code: 'recipient_invalid', detail };
  return { kind: 'retry', afterMs: 5000, reason: code.toLowerCase() };
}
