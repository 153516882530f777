import { createHash } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random bytes that one secret of 32 base62 characters is cut from; the rest replaces bytes that would skew the letters. */
export const secretBytes = 64;

export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** 32 base62 characters (190 bits). Bytes of 248 and more are passed over, so that every letter is equally likely. */
export function base62(random: Uint8Array): string {
  const letters = [...random].filter((byte) => byte < 248).map((byte) => alphabet[byte % 62]);
  if (letters.length < 32) throw new Error('Too few random bytes for a secret.');
  return letters.slice(0, 32).join('');
}

/** `pk_live_…` from {@link secretBytes} random bytes. */
export function apiKeyOf(mode: 'live' | 'test', random: Uint8Array): string {
  return `pk_${mode}_${base62(random)}`;
}

/** Whether the text has the shape of a key: anything else is refused without a look at the database. */
export function isApiKey(text: string): boolean {
  return /^pk_(?:live|test)_[0-9A-Za-z]{32}$/.test(text);
}

export function isTicket(text: string): boolean {
  return /^tkt_[0-9A-Za-z]{32}$/.test(text);
}

/** What is stored of a key or ticket. Without salt or stretching: 190 random bits can't be guessed, and a lookup must find it. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
