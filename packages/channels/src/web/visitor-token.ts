import { createHmac } from 'node:crypto';
import type { Account } from '../provider.ts';
import { sameBytes } from '../wire/constant-time.ts';
import { asObject } from '../wire/json.ts';

/** A person in front of the widget. What stands here was put there by us, and what is named was proven to us. */
export interface Visitor {
  /** The customer's address on this channel: `v_…` made by chance, `u_…` made from the host page's own user id. */
  visitorId: string;
  issuedAt: Date;
  expiresAt: Date;
  /** Of an identified visitor. */
  user?: { id: string; name: string; email: string };
}

/** A visitor who stays away longer is a new one. Each renewal begins it anew. */
export const tokenDays = 90;
const dayMs = 86_400_000;

const marker = 'bvt1';

/** `visitor_keys` is put beside the credentials by whoever opens them: the newest first, so that a rotated installation key lets old tokens live on. */
function keysOf(account: Account): string[] {
  const keys = account.credentials['visitor_keys'];
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string' && key !== '') : [];
}

/** Signed for this account alone; undefined when there is no key to sign with. Without a browser's cookie there is nothing that a foreign page could make it send. */
export function sealVisitor(account: Account, visitor: Omit<Visitor, 'issuedAt' | 'expiresAt'>, now: Date): string | undefined {
  const [key] = keysOf(account);
  if (key === undefined) return undefined;
  const claims = {
    v: visitor.visitorId,
    i: Math.floor(now.getTime() / 1000),
    e: Math.floor(now.getTime() / 1000) + tokenDays * 86_400,
    ...(visitor.user && { u: visitor.user }),
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${marker}.${payload}.${mac(key, account, payload).toString('base64url')}`;
}

/** Who shows this token, or undefined: not ours, of another account, changed, or over. */
export function openVisitor(account: Account, token: string, now: Date): Visitor | undefined {
  if (token.length > 4096) return undefined;
  const [head, payload = '', signature = '', ...more] = token.split('.');
  if (head !== marker || more.length > 0) return undefined;
  const given = Buffer.from(signature, 'base64url');
  if (!keysOf(account).some((key) => sameBytes(given, mac(key, account, payload)))) return undefined;
  // Signed by us, so it has the shape that we gave it.
  const claims = asObject(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))!;
  const expiresAt = new Date(Number(claims['e']) * 1000);
  if (!(expiresAt > now)) return undefined;
  const user = claims['u'] as Visitor['user'];
  return { visitorId: String(claims['v']), issuedAt: new Date(Number(claims['i']) * 1000), expiresAt, ...(user && { user }) };
}

/** Renewed once a day, so that a token that leaks from an old copy of a browser's storage is one of many days ago at most. */
export function isDueForRenewal(visitor: Visitor, now: Date): boolean {
  return now.getTime() - visitor.issuedAt.getTime() >= dayMs;
}

function mac(key: string, account: Account, payload: string): Buffer {
  return createHmac('sha256', key).update(`${marker}.${account.channelAccountId}.${payload}`).digest();
}
