import { createHash } from 'node:crypto';

export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export function isTicket(text: string): boolean {
  return /^tkt_[0-9A-Za-z]{32}$/.test(text);
}

/** What is stored of a key or ticket. Without salt or stretching: 154 random bits can't be guessed, and a lookup must find it. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** What a key is recognised by in lists: too little to be of use to anybody else. */
export function hintOf(apiKey: string): string {
  return `${apiKey.slice(0, 12)}…`;
}
