import type { Account } from '@baton/channels/provider.ts';
import type { Provider } from '@baton/contracts/vocabulary.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { Directory, KnownAccount } from '../directory.ts';

/** The account with that id. Throws `not_found` where there is none for sure, and `unavailable` where that would be a guess: a provider told 404 may never ask again. */
export async function knownAccount(directory: Directory | undefined, channelAccountId: string): Promise<KnownAccount> {
  const found = directory?.find(channelAccountId) ?? (await directory?.findSoon(channelAccountId));
  if (found) return found;
  if (directory?.isSureOf(channelAccountId)) throw notFound('channel account', channelAccountId);
  throw new BatonError('unavailable', 'The channel account is not known yet.', { retryAfterSeconds: 1 });
}

/** The enabled account with that id (and, where one is named, of that provider), ready for use. */
export async function usableAccount(
  directory: Directory | undefined,
  channelAccountId: string,
  provider?: Provider,
): Promise<{ provider: Provider; account: Account }> {
  const found = await knownAccount(directory, channelAccountId);
  if (!found.enabled || (provider !== undefined && found.provider !== provider)) throw notFound('channel account', channelAccountId);
  const account = found.account();
  if (!account) throw new BatonError('unavailable', 'The channel account cannot be used right now.', { retryAfterSeconds: 30 });
  return { provider: found.provider, account };
}
