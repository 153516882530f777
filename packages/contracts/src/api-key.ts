import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random bytes that one secret of up to 32 letters is cut from; those left over replace bytes that would skew the letters. */
export const secretBytes = 64;

/** `length` base62 characters of 5.95 bits each. Bytes of 248 and more are passed over, so that every letter is equally likely. */
export function base62(random: Uint8Array, length: number): string {
  const letters = [...random].filter((byte) => byte < 248).map((byte) => alphabet[byte % 62]);
  if (letters.length < length) throw new Error('Too few random bytes for a secret.');
  return letters.slice(0, length).join('');
}

export type KeyMode = 'live' | 'test';

/**
 * `pk_live_` (or `pk_test_`), 26 random letters (154 bits) and 6 that check them: a mistyped key is told apart without asking a database,
 * and scanners for leaked secrets know a real one from a lookalike.
 */
export function apiKeyOf(mode: KeyMode, random: Uint8Array): string {
  const unchecked = `pk_${mode}_${base62(random, 26)}`;
  return unchecked + checksum(unchecked);
}

/** Whether the text has the shape of a key and its checksum fits. */
export function isApiKey(text: string): boolean {
  return /^pk_(?:live|test)_[0-9A-Za-z]{32}$/.test(text) && checksum(text.slice(0, -6)) === text.slice(-6);
}

/** CRC-32 as six letters. */
function checksum(text: string): string {
  let rest = crc32(text);
  let letters = '';
  for (let i = 0; i < 6; i++) {
    letters = alphabet[rest % 62] + letters;
    rest = Math.floor(rest / 62);
  }
  return letters;
}
