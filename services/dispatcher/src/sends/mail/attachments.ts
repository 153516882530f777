import type { OutboundMail, SendAnswer } from '@baton/channels/provider.ts';
import type { Egress } from '@baton/egress/egress.ts';
import { EgressError } from '@baton/egress/egress-error.ts';

export interface MailFile {
  name: string;
  contentType: string;
  bytes: Buffer;
}

/** Most mail servers take 25 MB in all, and base64 makes four bytes of three. */
const maxFileBytes = 10 * 1024 ** 2;
const maxAllBytes = 17 * 1024 ** 2;

/** The bytes of a mail's attachments, one after the other; or why it can't leave with them. */
export async function fetchAttachments(
  egress: Pick<Egress, 'request'>,
  wanted: OutboundMail['attachments'],
  timeoutMs: number,
): Promise<MailFile[] | SendAnswer> {
  const files: MailFile[] = [];
  const until = performance.now() + timeoutMs;
  let left = maxAllBytes;
  for (const one of wanted) {
    const file = await fetchOne(egress, one, { timeoutMs: Math.max(1, until - performance.now()), maxBytes: Math.min(left, maxFileBytes) });
    if ('kind' in file) return file;
    files.push(file);
    left -= file.bytes.length;
  }
  return files;
}

async function fetchOne(
  egress: Pick<Egress, 'request'>,
  wanted: OutboundMail['attachments'][number],
  limits: { timeoutMs: number; maxBytes: number },
): Promise<MailFile | SendAnswer> {
  const refused = (detail: string): SendAnswer => ({ kind: 'failed', code: 'attachment_refused', detail });
  try {
    const answer = await egress.request({ method: 'GET', url: wanted.url, headers: {}, ...limits });
    if (answer.status === 429 || answer.status >= 500) return { kind: 'retry', afterMs: 5000, reason: `attachment_${answer.status}` };
    if (answer.status !== 200) return refused(`An attachment's URL answered ${answer.status}.`);
    const contentType = wanted.contentType || String(answer.headers['content-type'] ?? '') || 'application/octet-stream';
    return { name: wanted.name || nameIn(wanted.url), contentType, bytes: answer.body };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    if (error.fault === 'refused') return refused(error.message);
    if (error.fault === 'too_large') return refused('The attachments are too large: 10 MiB each and 17 MiB in all.');
    return { kind: 'retry', afterMs: 5000, reason: `attachment_${error.fault}` };
  }
}

function nameIn(url: string): string {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).slice(0, 200) || 'attachment';
  } catch {
    return 'attachment';
  }
}
