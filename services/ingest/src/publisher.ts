import type { Bus } from '@baton/bus/connect.ts';
import { Gathering } from '@baton/bus/gather.ts';
import { NoStreamError } from '@baton/bus/pipeline.ts';
import { type Publication, publish } from '@baton/bus/publish.ts';
import type { Parsed } from '@baton/channels/provider.ts';
import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { inboundSubject, partitionOf } from '@baton/contracts/subjects.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { messageDedupId, receiptDedupId } from './domain/dedup.ts';

export interface Publisher {
  /** Resolves when JetStream has stored all of it; rejects when that is not certain, and a repeat is then harmless. Refuses (503) before it takes more than it may hold. */
  store(parsed: Pick<Parsed, 'messages' | 'receipts'>): Promise<void>;
  storeOne(publication: Publication): Promise<void>;
  pending(): number;
}

/** `streamGone` is called when nobody listens to what is published: the server came back without its store. */
export function createPublisher(bus: Bus, o: { maxPending: number; timeoutMs: number; streamGone: () => void }): Publisher {
  let pending = 0;
  const inbound = new Gathering(bus);
  // A batch is stored by one stream; what goes to simulated phones has its own.
  const put = async (one: Publication): Promise<void> => {
    if (one.subject.startsWith('inbound.')) await inbound.publish(one, o.timeoutMs);
    else await publish(bus, one, o.timeoutMs);
  };

  const storeOne = async (publication: Publication): Promise<void> => {
    // While disconnected the client would let the request run into its time-out.
    if (bus.problem() !== undefined) throw new BatonError('unavailable', 'The message store is not reachable.', { retryAfterSeconds: 1 });
    pending++;
    try {
      killPoint('inbound.before_publish');
      await put(publication);
      killPoint('inbound.after_publish');
    } catch (error) {
      if (error instanceof NoStreamError) o.streamGone();
      throw error;
    } finally {
      pending--;
    }
  };

  return {
    storeOne,
    pending: () => pending,
    async store({ messages, receipts }) {
      const count = messages.length + receipts.length;
      if (pending + count > o.maxPending)
        throw new BatonError('unavailable', 'Too much is waiting to be stored.', { retryAfterSeconds: 1 });
      if (count === 1) {
        await storeOne(messages.length === 1 ? messagePublication(messages[0]!) : receiptPublication(receipts[0]!));
        return;
      }
      // All are sent before the first is awaited, on one connection: JetStream stores them in this order.
      const sent = [
        ...messages.map((one) => storeOne(messagePublication(one))),
        ...receipts.map((one) => storeOne(receiptPublication(one))),
      ];
      await Promise.all(sent);
    },
  };
}

function messagePublication(message: InboundMessage): Publication {
  return {
    // The customer's address and the agent decide the partition, so a conversation's messages stay in one.
    subject: inboundSubject('message', partitionOf(message.agent_id, message.from), {
      workspaceId: message.workspace_id,
      channelAccountId: message.channel_account_id,
    }),
    id: messageDedupId(message),
    data: JSON.stringify(message),
  };
}

export function receiptPublication(receipt: InboundReceipt): Publication {
  return {
    subject: inboundSubject('receipt', partitionOf(receipt.channel_account_id, receipt.provider_message_id), {
      workspaceId: receipt.workspace_id,
      channelAccountId: receipt.channel_account_id,
    }),
    id: receiptDedupId(receipt),
    data: JSON.stringify(receipt),
  };
}
