import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Credentials } from '../provider.ts';
import { credential } from './headers.ts';

const known = new WeakMap<Credentials, Map<string, KeyObject | undefined>>();

/**
 * A credential as a key for HMAC, made once per version of the account's credentials: `createHmac` with plain bytes makes one each time, which
 * was most of the price of a check (12.4 against 2.4 µs).
 */
export function secretKey(credentials: Credentials, name: string, decode: (text: string) => Buffer | undefined): KeyObject | undefined {
  let keys = known.get(credentials);
  if (!keys) {
    keys = new Map();
    known.set(credentials, keys);
  }
  if (keys.has(name)) return keys.get(name);
  const bytes = decode(credential(credentials, name) ?? '');
  const key = bytes && bytes.length > 0 ? createSecretKey(bytes) : undefined;
  keys.set(name, key);
  return key;
}

/** The secret is the text itself. */
export function plainKey(text: string): Buffer {
  return Buffer.from(text);
}
