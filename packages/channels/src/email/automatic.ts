import type { Mail } from './mail.ts';

/**
 * Why nobody wrote this mail; undefined: somebody did. Machines that answer machines would go on for ever (RFC 3834), and an AI is one of them.
 * `Precedence: list` alone says nothing: a shared mailbox behind a mailing list bears it on every customer's mail.
 */
export function automaticBecause(mail: Mail, ours: string): string | undefined {
  const header = (name: string) => (mail.headers.get(name) ?? '').trim().toLowerCase();
  if (mail.from.address === ours) return 'own_address';
  const submitted = header('auto-submitted');
  if (submitted !== '' && !/^no\b/.test(submitted)) return 'auto_submitted';
  if (/^(?:bulk|junk|auto_reply)\b/.test(header('precedence'))) return 'precedence';
  const suppress = header('x-auto-response-suppress');
  if (suppress !== '' && suppress !== 'none') return 'auto_response_suppress';
  if (['x-autoreply', 'x-autorespond', 'x-autoresponse', 'x-auto-reply'].some((name) => mail.headers.has(name))) return 'autoreply';
  if (mail.returnPath === '' || header('return-path') === '<>') return 'empty_return_path';
  if (/^(?:mailer-daemon|postmaster|no-?reply-bounces?)(?:\+[^@]*)?@/.test(mail.from.address)) return 'mailer_daemon';
  if (header('content-type').startsWith('multipart/report')) return 'report';
  return undefined;
}
