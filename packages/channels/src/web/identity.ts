import { createHash, createHmac } from 'node:crypto';
import type { Account } from '../provider.ts';
import { sameText } from '../wire/constant-time.ts';
import { credential } from '../wire/headers.ts';

/** What the host page says of the person who is logged in there. */
export interface ClaimedUser {
  id: string;
  name: string;
  email: string;
  /** Hex of HMAC-SHA256 over id, name and email, a line break between them, under the account's `identity_secret`: only the host's server can make it. */
  hash: string;
}

/**
 * Whether the host's server vouches for all of it. Name and email are under the hash too: with the id alone, anybody who is logged in could call himself
 * the customer whose email an operator trusts.
 */
export function isVouchedFor(account: Account, user: ClaimedUser): boolean {
  const secret = credential(account.credentials, 'identity_secret');
  if (secret === undefined || [user.id, user.name, user.email].some((text) => text.includes('\n'))) return false;
  const expected = createHmac('sha256', secret).update(`${user.id}\n${user.name}\n${user.email}`).digest('hex');
  return sameText(user.hash.toLowerCase(), expected);
}

/** The address of an identified visitor: the same on every device, another in every account, and no place to put words of one's own. */
export function visitorIdOf(account: Account, userId: string): string {
  return `u_${createHash('sha256').update(`${account.channelAccountId}\n${userId}`).digest('base64url').slice(0, 32)}`;
}
