import type { Account } from '@baton/channels/provider.ts';
import type { Provider } from '@baton/contracts/vocabulary.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { Directory } from '../directory.ts';

/** The enabled account with that id (and, where one is named, of that provider), ready for use. */
export async function usableAccount(
  directory: Directory | undefined,
  channelAccountId: string,
  provider?: Provider,
): Promise<{ provider: Provider; account: Account }> {
  const found = directory?.find(channelAccountId) ?? (await directory?.findSoon(channelAccountId));
  if (!found?.enabled || (provider !== undefined && found.provider !== provider)) {
    // Before the directory is in, "unknown" would be a guess, and a provider told 404 may never ask again.
    if (!directory || directory.problem() !== undefined) {
      throw new BatonError('unavailable', 'The channel accounts are not known yet.', { retryAfterSeconds: 1 });
    }
    throw notFound('channel account', channelAccountId);
  }
  const account = found.account();
  if (!account) throw new BatonError('unavailable', 'The channel account cannot be used right now.', { retryAfterSeconds: 30 });
  return { provider: found.provider, account };
}
