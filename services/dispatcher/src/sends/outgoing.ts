import { done, type Outcome } from '@baton/bus/settle.ts';
import { capabilitiesOf } from '@baton/channels/capabilities.ts';
import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { leaving } from './leaving.ts';
import { deliverClaimed, type SendDeps, sendMessage } from './send-message.ts';

/** A place on the way out through one channel account, held while a turn commits so that its reply can go at once. */
export interface Lane {
  /** Hands a message that was claimed with its acceptance to the provider, then gives the place back. `askedAt`: when its acceptance was asked for. */
  deliver(message: OutboundMessage, askedAt: number): Promise<Outcome>;
  /** Gives the place back unused. */
  leave(): void;
}

export interface Outgoing {
  /** undefined while the account is slow or in trouble: the reply then waits in the queue like any other message. */
  enter(channelAccountId: string): Lane | undefined;
  /** Finds out about the reply of a turn whose sender is gone. `unsent`: the ids of its messages that are not out yet, in order. */
  recover(at: { workspaceId: string; conversationId: string; deliveries: number }, unsent: string[]): Promise<Outcome>;
}

/** What turns may do with sends. `lanes`: how many turns may be at providers at once, whoever they are: the others are for asking AI backends. */
export function openOutgoing(deps: SendDeps, o: { lanes: number }): Outgoing {
  let open = 0;
  return {
    enter(account) {
      // Not even as the one try after a pause: that turn would be taken here, and be gone when the provider is asked.
      if (open >= o.lanes || !deps.breakers.closed(account)) return undefined;
      const entry = deps.directory.channelAccount(account);
      const rate = entry ? capabilitiesOf(entry.provider, entry.channel).rates.account : null;
      if (!deps.pacer.open(account, rate, Date.now())) return undefined;
      const place = deps.bulkhead.enter(account, Date.now());
      if (!place) return undefined;
      open++;
      const leave = () => {
        open--;
        deps.bulkhead.leave(account, place);
      };
      return {
        leave,
        deliver: (message, askedAt) => {
          if (entry) deps.pacer.went(leaving(message, entry), Date.now());
          return deps.inHand.run(message.messageId, () => deliverClaimed(deps, message, askedAt)).finally(leave);
        },
      };
    },
    recover(at, unsent) {
      // Only the first was claimed without a signal of its own. Those after it have one each: calling them redelivered here would put in doubt what
      // another instance is sending at this moment.
      const [messageId] = unsent;
      if (messageId === undefined) return Promise.resolve(done);
      return sendMessage(deps, { ...at, messageId, channelAccountId: undefined, redelivered: true, waited: true });
    },
  };
}
