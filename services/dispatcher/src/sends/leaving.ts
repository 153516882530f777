import { capabilitiesOf } from '@baton/channels/capabilities.ts';
import type { DirectoryChannelAccount } from '@baton/contracts/directory.ts';
import type { Leaving } from '../domain/pacer.ts';

/** A message as the pacer knows it. A conversation is what one customer has with one account. */
export function leaving(message: { conversationId: string }, entry: DirectoryChannelAccount, waited = false): Leaving {
  const { rates } = capabilitiesOf(entry.provider, entry.channel);
  return { account: entry.channel_account_id, pair: message.conversationId, rates, waited };
}
