import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '@baton/channels/provider.ts';
import type { Provider } from '@baton/contracts/vocabulary.ts';
import type { Secrets } from '@baton/directory/secrets.ts';
import type { Directory as Watched } from '@baton/directory/watch.ts';
import { isYoungAccountId } from './domain/young-id.ts';

/** A channel account with what the front door asks of it. */
export interface KnownAccount {
  provider: Provider;
  enabled: boolean;
  /** Opened when first asked for; undefined when its credentials can't be opened with the keys we have. */
  account(): Account | undefined;
}

export interface Directory {
  find(channelAccountId: string): KnownAccount | undefined;
  /** As `find`; waits a moment for an account made just now, whose entry may be on its way. */
  findSoon(channelAccountId: string): Promise<KnownAccount | undefined>;
  /** undefined once the whole bucket has been read; from then on the last known entries are served, whatever happens to NATS. */
  problem(): string | undefined;
}

export function knownAccounts(watched: Pick<Watched, 'channelAccount' | 'problem'>, secrets: Pick<Secrets, 'account'>): Directory {
  const find = (id: string): KnownAccount | undefined => {
    const entry = watched.channelAccount(id);
    if (!entry) return undefined;
    const account = () => {
      try {
        return secrets.account(entry);
      } catch {
        // Told of once per version of the entry, by whoever opens the secrets.
        return undefined;
      }
    };
    return { provider: entry.provider, enabled: entry.enabled, account };
  };
  return {
    find,
    async findSoon(id) {
      const deadline = performance.now() + 2000;
      let found = find(id);
      while (!found && performance.now() < deadline && isYoungAccountId(id, Date.now())) {
        await delay(20);
        found = find(id);
      }
      return found;
    },
    problem: () => watched.problem(),
  };
}
