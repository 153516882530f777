import type { Account, Credentials, SmtpSettings } from '../provider.ts';
import { asObject } from '../wire/json.ts';
import { cleanAddress } from './mail.ts';

export const inboundKinds = ['mailgun', 'postmark', 'mime'] as const;
export type InboundKind = (typeof inboundKinds)[number];

/** Who posts the customers' mails to us; undefined when the account does not say, or says nonsense. */
export function inboundKind(credentials: Credentials): InboundKind | undefined {
  const kind = asObject(credentials['inbound'])?.['kind'];
  return inboundKinds.find((one) => one === kind);
}

/** `inbound.signing_key`: Mailgun's HTTP webhook signing key, else the password or secret that stands in the address given to the service. */
export function inboundCredential(credentials: Credentials, name: 'signing_key' | 'user'): string | undefined {
  return text(asObject(credentials['inbound'])?.[name]);
}

/** The account's way out, or what is missing. */
export function smtpSettings(account: Account): SmtpSettings | { missing: string } {
  const smtp = asObject(account.credentials['smtp']);
  const host = text(smtp?.['host']);
  if (!smtp || host === undefined) return { missing: 'The channel account has no smtp.host.' };
  const port = Number(smtp['port'] ?? 587);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { missing: 'smtp.port is not a port.' };
  const [user, password] = [text(smtp['user']), text(smtp['password'])];
  if ((user === undefined) !== (password === undefined)) return { missing: 'smtp.user and smtp.password belong together.' };
  const named = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(text(smtp['from']) ?? '');
  const from = cleanAddress(named?.[2] ?? text(smtp['from']) ?? account.address);
  if (from === '') return { missing: 'smtp.from is not an address.' };
  const tls = port === 465 ? 'implicit' : smtp['tls'] === 'optional' ? 'optional' : 'required';
  return { host, port, user, password, tls, from, fromName: named?.[1]?.replaceAll('"', '').trim() ?? '' };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
