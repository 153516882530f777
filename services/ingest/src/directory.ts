import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@baton/bus/connect.ts';
import type { Account } from '@baton/channels/provider.ts';
import type { Provider } from '@baton/contracts/vocabulary.ts';
import type { Secrets } from '@baton/directory/secrets.ts';
import type { Directory as Watched } from '@baton/directory/watch.ts';
import { ageOfAccountId } from './domain/account-age.ts';

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
  /** Whether not finding it means that there is none: what is told 404 may never come again. */
  isSureOf(channelAccountId: string): boolean;
  /** undefined once the whole bucket has been read; from then on the last known entries are served, whatever happens to NATS. */
  problem(): string | undefined;
}

// An entry comes within milliseconds, unless NATS or conversation-state is away.
const comesSoonMs = 10_000;
const mayComeMs = 600_000;

export function knownAccounts(o: { watched: Watched; secrets: Pick<Secrets, 'account'>; bus: Pick<Bus, 'problem'> }): Directory {
  const { watched, secrets, bus } = o;
  const isYoungerThan = (ms: number, id: string): boolean => (ageOfAccountId(id, Date.now()) ?? ms) < ms;
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
      while (!found && !watched.isDeletedAccount(id) && performance.now() < deadline && isYoungerThan(comesSoonMs, id)) {
        await delay(20);
        found = find(id);
      }
      return found;
    },
    isSureOf: (id) => watched.isDeletedAccount(id) || ((watched.problem() ?? bus.problem()) === undefined && !isYoungerThan(mayComeMs, id)),
    problem: () => watched.problem(),
  };
}
