import { randomBytes } from 'node:crypto';
import { apiKeyOf, type KeyMode, secretBytes } from '@baton/contracts/api-key.ts';
import { hintOf, secretHash } from '../../domain/api-key.ts';

/** A key that nobody has seen, and what is stored of it. */
export function newSecret(mode: KeyMode): { apiKey: string; hash: Buffer; hint: string } {
  const apiKey = apiKeyOf(mode, randomBytes(secretBytes));
  return { apiKey, hash: secretHash(apiKey), hint: hintOf(apiKey) };
}
